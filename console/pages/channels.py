"""Where alerts reach staff besides the console and Telegram."""

from starlette.responses import Response

from console.door.entering import cookie_of, held_still
from console.forms.refilling import ONCE
from console.visit import Visit
from domain.channels import keeping
from domain.marks import N_
from domain.staff import browsers
from storage.sessions import SERVICE

_SIGN_IN_AGAIN = N_(
    "To change where alerts reach you, sign in again first. So nobody who finds this browser open"
    " can have alerts sent to them, or kept from you."
)


async def show(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        just_signed_in = await browsers.has_just_signed_in(session, cookie_of(visit))
    async with visit.begin() as session:
        channels = await keeping.list_channels(session, visit.actor)
        return await visit.show(
            session,
            "channels.html",
            channels=channels,
            group_fails_since=await keeping.group_fails_since(session, visit.actor),
            sign_in_again="" if just_signed_in else visit.translations.gettext(_SIGN_IN_AGAIN),
        )


async def add(visit: Visit) -> Response:
    address, shared = await visit.field("address"), await visit.field("shared") == "yes"
    async with visit.desk.database.begin(SERVICE) as session:
        await held_still(visit, session)
        await browsers.ensure_just_signed_in(session, cookie_of(visit), _SIGN_IN_AGAIN)
        await keeping.add_channel(
            session, visit.actor, address, shared=shared, once=await visit.field(ONCE)
        )
    return visit.go("/channels", N_("Kept. A test is on its way."))


async def try_out(visit: Visit) -> Response:
    async with visit.begin() as session:
        await keeping.try_channel(session, visit.actor, visit.id)
    return visit.go("/channels", N_("A test is on its way."))


async def remove(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        await held_still(visit, session)
        await browsers.ensure_just_signed_in(session, cookie_of(visit), _SIGN_IN_AGAIN)
        await keeping.remove_channel(session, visit.actor, visit.id)
    return visit.go("/channels", N_("The channel is removed."))
