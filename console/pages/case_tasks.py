"""What the team owes in a case: tasks, answers to colleagues, and a debrief afterwards."""

from uuid import UUID

from starlette.responses import Response

from console.forms import fields
from console.forms.refilling import ONCE
from console.pages.cases import case_of, case_there
from console.visit import Visit
from domain.casework import tasks
from domain.colleagues import consulting
from domain.marks import N_
from storage.sessions import SERVICE


async def add(visit: Visit) -> Response:
    words, given = await visit.field("task"), await visit.field("due")
    staff_id, once = await _colleague(visit), await visit.field(ONCE)
    day = fields.day(given)
    async with case_of(visit) as (session, case_id):
        await tasks.add_task(session, visit.actor, case_id, words, day, staff_id, once)
    return visit.go(f"/cases/{case_id}#tasks", N_("Noted, with its day."))


async def finish(visit: Visit) -> Response:
    words, back = await visit.field("words"), await visit.field("back")
    async with case_of(visit) as (session, case_id):
        await tasks.finish(session, visit.actor, case_id, _task(visit), words)
    return visit.go("/queue" if back == "queue" else f"/cases/{case_id}#tasks", N_("Done."))


async def consult(visit: Visit) -> Response:
    question, staff_id = await visit.field("question"), await _colleague(visit)
    once = await visit.field(ONCE)
    case_id = await case_there(visit)
    # Who must not know of a person is nothing that colleagues see.
    async with visit.desk.database.begin(SERVICE) as session:
        await consulting.consult(session, visit.actor, case_id, staff_id, question, once)
    return visit.go(f"/cases/{case_id}#tasks", N_("They are asked, and told so on their phone."))


async def answer(visit: Visit) -> Response:
    words, once = await visit.field("words"), await visit.field(ONCE)
    case_id = await case_there(visit)
    # Whoever has the case is called, by every channel that they have.
    async with visit.desk.database.begin(SERVICE) as session:
        await consulting.answer(session, visit.actor, case_id, _task(visit), words, once)
    return visit.go(f"/cases/{case_id}#newest", N_("Your answer stands in the case."))


def _task(visit: Visit) -> UUID:
    task_id: UUID = visit.request.path_params["task_id"]
    return task_id


async def _colleague(visit: Visit) -> UUID:
    return fields.identifier(await visit.field("staff"), N_("Choose somebody of your team."))
