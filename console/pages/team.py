from starlette.responses import Response

from console.door.entering import held_still
from console.files.cards import invite_link
from console.forms.refilling import ONCE
from console.visit import Visit
from domain.actors import Right, roles_with
from domain.children.focal_point import named_focal_point
from domain.colleagues.leaving import disable_staff
from domain.errors import Refused
from domain.marks import N_
from domain.names import isolated
from domain.staff import NewStaff, add_staff, manages, name_by_id, name_of, renew_set_up
from domain.staff.team import list_team
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation

_TAKE_OUT = N_(
    "Is their Telegram in your staff group? Take it out there, too: whoever holds it reads on what "
    "is written there."
)


async def show(visit: Visit) -> Response:
    return await _page(visit)


async def add(visit: Visit) -> Response:
    """Shows the codes of somebody new, this once."""
    name, once = await visit.field("name"), await visit.field(ONCE)
    try:
        role = Role(await visit.field("role"))
    except ValueError:
        raise Refused("Choose what they will do.") from None
    async with visit.desk.database.begin(SERVICE) as session:
        await held_still(visit, session)
        organisation = await session.get_one(Organisation, visit.actor.organisation_id)
        new = await add_staff(session, name, organisation, role, actor=visit.actor, once=once)
    return await _page(visit, new, whose=name)


async def renew(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        renewed = await renew_set_up(session, visit.actor, visit.id)
        await held_still(visit, session)
        whose = await name_by_id(session, visit.id)
    return await _page(visit, renewed, whose=whose, of_the_group=await _of_the_group(visit))


async def disable(visit: Visit) -> Response:
    async with visit.desk.database.begin(SERVICE) as session:
        await disable_staff(session, visit.actor, visit.id)
        said = {"name": isolated(await name_by_id(session, visit.id))}
    done = visit.translations.gettext("%(name)s has no access any more, anywhere.") % said
    return visit.go("/team", f"{done} {await _of_the_group(visit)}".strip())


async def _of_the_group(visit: Visit) -> str:
    """Out of a group of Telegram's we let nobody; "" where there is none."""
    async with visit.begin() as session:
        organisation = await session.get_one(Organisation, visit.actor.organisation_id)
    return visit.translations.gettext(_TAKE_OUT) if organisation.staff_chat else ""


async def _page(visit: Visit, new: NewStaff | None = None, **named: str) -> Response:
    handed_out = named | _to_hand_out(visit, new) if new else {}
    async with visit.begin() as session:
        team = await list_team(session, visit.actor)
        return await visit.show(
            session,
            "team.html",
            team=[(staff, name_of(session, staff)) for staff in team],
            on_cases=roles_with(Right.WORK_ON_CASES),
            roles=[role for role in Role if manages(visit.actor, role)],
            handed_out=handed_out,
            focal_point=named_focal_point(
                await session.get_one(Organisation, visit.actor.organisation_id)
            ),
        )


def _to_hand_out(visit: Visit, new: NewStaff) -> dict[str, str]:
    console, bot = visit.desk.settings.public_url.rstrip("/"), visit.desk.settings.bot_username()
    return {
        "set_up_link": f"{console}/set-up/{new.setup_token}",
        "telegram_code": new.telegram_code,
        "telegram_link": invite_link(bot, new.telegram_code) if bot else "",
    }
