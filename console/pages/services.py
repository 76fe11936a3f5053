"""Services of the directory that did not work for people, for whoever keeps it to look at."""

from starlette.responses import Response

from console.forms import fields
from console.visit import Visit
from domain.directory.reports import have_looked, reported
from domain.marks import N_


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        found = await reported(session, visit.actor, visit.language)
        return await visit.show(session, "services.html", reported=found)


async def settle(visit: Visit) -> Response:
    last_on = fields.day(await visit.field("last_on"), N_("Look once more, and send it again."))
    async with visit.begin() as session:
        was_there = await have_looked(session, visit.actor, visit.id, last_on)
    done = N_("It is here again once somebody else says so.") if was_there else ""
    return visit.go("/services", done)
