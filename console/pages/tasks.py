"""The tasks that pathways bring."""

from starlette.responses import Response

from console.visit import Visit
from domain.marks import N_
from domain.pathways.tasks import done_lately, give_back, mark, open_tasks, take


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        return await visit.show(
            session,
            "tasks.html",
            page=await open_tasks(session, visit.actor, visit.after),
            lately=await done_lately(session, visit.actor),
        )


async def mark_one(visit: Visit) -> Response:
    done = await visit.field("done") == "yes"
    with visit.else_not_there():
        async with visit.begin() as session:
            await mark(session, visit.actor, visit.id, done=done)
    return visit.go("/tasks", N_("Done.") if done else N_("It is to be done after all."))


async def take_one(visit: Visit) -> Response:
    mine = await visit.field("mine") == "yes"
    async with visit.begin() as session:
        await (take if mine else give_back)(session, visit.actor, visit.id)
    return visit.go("/tasks", N_("It is yours now.") if mine else N_("It waits for anybody again."))
