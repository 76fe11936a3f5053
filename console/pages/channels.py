"""Where alerts reach staff besides the console and Telegram."""

from starlette.responses import Response

from console.door.entering import held_still
from console.forms.refilling import ONCE
from console.visit import Visit
from domain.channels import keeping
from domain.marks import N_
from storage.sessions import SERVICE


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        channels = await keeping.list_channels(session, visit.actor)
        return await visit.show(session, "channels.html", channels=channels)


async def add(visit: Visit) -> Response:
    address, shared = await visit.field("address"), await visit.field("shared") == "yes"
    async with visit.desk.database.begin(SERVICE) as session:
        await held_still(visit, session)
        await keeping.add_channel(
            session, visit.actor, address, shared=shared, once=await visit.field(ONCE)
        )
    return visit.go("/channels", N_("Kept. A test is on its way."))


async def try_out(visit: Visit) -> Response:
    async with visit.begin() as session:
        await keeping.try_channel(session, visit.actor, visit.id)
    return visit.go("/channels", N_("A test is on its way."))


async def remove(visit: Visit) -> Response:
    async with visit.begin() as session:
        await keeping.remove_channel(session, visit.actor, visit.id)
    return visit.go("/channels", N_("The channel is removed."))
