"""What caseworkers say of the watch, and how well it hears by that."""

from uuid import UUID

from starlette.responses import Response

from console.forms.refilling import ONCE
from console.pages.cases import case_of
from console.visit import Visit
from domain.casework.marking import mark_signal, report_missed
from domain.errors import Refused
from domain.lexicon.accuracy import hearing
from domain.marks import N_
from storage.kinds import Severity


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        lines = await hearing(session, visit.actor)
        return await visit.show(session, "hearing.html", lines=lines)


async def mark(visit: Visit) -> Response:
    event_id: UUID = visit.request.path_params["event_id"]
    meant = await _meant(visit)
    async with case_of(visit) as (session, case_id):
        await mark_signal(session, visit.actor, case_id, event_id, meant)
    return visit.go(f"/cases/{case_id}", N_("Thank you: that helps to hear people better."))


async def report(visit: Visit) -> Response:
    meant, once = await _meant(visit), await visit.field(ONCE)
    async with case_of(visit) as (session, case_id):
        await report_missed(session, visit.actor, case_id, meant, once)
    return visit.go(f"/cases/{case_id}", N_("Thank you: that helps to hear people better."))


async def _meant(visit: Visit) -> Severity:
    try:
        return Severity(await visit.field("meant"))
    except ValueError:
        raise Refused("Choose how grave it was.") from None
