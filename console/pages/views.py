"""Saved views of the queue."""

from starlette.responses import Response

from console.pages.queue import address, view_of
from console.visit import Visit
from domain.marks import N_
from domain.queue.saved_views import begin_with, remove_view, save_view


async def save(visit: Visit) -> Response:
    asked = {name: await visit.field(name) for name in ("begins", "severity", "language")}
    name, view = await visit.field("name"), view_of(asked)
    async with visit.begin() as session:
        await save_view(session, visit.actor, name, view)
    return visit.go(address(view), N_("The view is saved."))


async def choose(visit: Visit) -> Response:
    async with visit.begin() as session:
        await begin_with(session, visit.actor, visit.id)
    return visit.go("/queue")


async def remove(visit: Visit) -> Response:
    async with visit.begin() as session:
        await remove_view(session, visit.actor, visit.id)
    return visit.go("/queue?all=1", N_("The view is removed."))
