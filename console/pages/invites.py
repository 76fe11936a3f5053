from starlette.responses import Response

from console.sheets import cards, emergency_number
from console.visit import Visit
from domain.errors import Refused
from domain.invites import MOST_AT_ONCE, issue_invites
from storage.organisations import Organisation


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        return await visit.show(session, "invites.html", most=MOST_AT_ONCE, cards=[])


async def issue(visit: Visit) -> Response:
    """Shows the new codes, this once: no address leads to them again."""
    count = await visit.field("count")
    if not count.isdecimal():
        raise Refused("Make between 1 and {most} invites at a time.", most=MOST_AT_ONCE)
    bot = visit.desk.settings.bot_username()
    if bot is None:
        raise Refused("Telegram is out of reach, so no link can be made. Try again soon.")
    async with visit.begin() as session:
        invites = await issue_invites(
            session, visit.actor.organisation_id, int(count), actor=visit.actor
        )
        organisation = await session.get_one(Organisation, visit.actor.organisation_id)
        return await visit.show(
            session,
            "invites.html",
            most=MOST_AT_ONCE,
            cards=cards(invites, bot),
            emergency=emergency_number(organisation.country),
        )
