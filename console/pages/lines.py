"""The telephone lines that people are shown; whoever keeps the directory calls them at times."""

from starlette.responses import Response

from console.visit import Visit
from domain.directory.calls import calls_made, record_call
from domain.directory.hotlines import lands_with_lines, lines_of
from domain.errors import Refused
from domain.marks import N_
from storage.tables.organisations import Organisation


async def show(visit: Visit) -> Response:
    """Those of the organisation's own country before all others."""
    async with visit.begin() as session:
        here = (await session.get_one(Organisation, visit.actor.organisation_id)).country
        calls = await calls_made(session)
        lands = sorted(lands_with_lines(), key=lambda land: land != here)
        return await visit.show(
            session,
            "lines.html",
            lands=[(land, lines_of(land, calls)) for land in lands],
            today=session.now.date(),
        )


async def record(visit: Visit) -> Response:
    country, number = await visit.field("country"), await visit.field("number")
    said = await visit.field("answered")
    if said not in ("yes", "no"):
        raise Refused("Say whether it answers.")
    async with visit.begin() as session:
        await record_call(session, visit.actor, country, number, answered=said == "yes")
    return visit.go("/services/lines", N_("Kept. Whoever reads this number sees it."))
