from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from console.live import Live
from console.visit import Visit
from domain.cases.reading import QueueLine, queue
from domain.marks import N_
from storage.kinds import CaseState, Severity


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        lines = await queue(session, visit.actor)
        return await visit.show(session, "queue.html", groups=_groups(lines), **_counts(lines))


async def follow(visit: Visit) -> Response:
    async def look() -> dict[str, Any]:
        async with visit.begin() as session:
            lines = await queue(session, visit.actor)
            html = await visit.render(session, "queue-live.html", groups=_groups(lines))
            return {"html": html, **_counts(lines)}

    return Live(visit, look)


async def closed(visit: Visit) -> Response:
    async with visit.begin() as session:
        lines = await queue(session, visit.actor, all_states=True)
        resolved = [line for line in lines if line.state is CaseState.RESOLVED]
        groups = [(N_("Closed"), resolved)] if resolved else []
        return await visit.show(session, "closed.html", groups=groups)


def _groups(lines: Sequence[QueueLine]) -> list[tuple[str, list[QueueLine]]]:
    """Who is waiting for somebody comes first; within a group the queue's order stays."""
    groups = {
        N_("Waiting for somebody"): [line for line in lines if line.state is CaseState.OPEN],
        N_("Yours"): [line for line in lines if line.mine and line.state is not CaseState.OPEN],
        N_("With colleagues"): [
            line for line in lines if not line.mine and line.state is not CaseState.OPEN
        ],
    }
    return [(name, group) for name, group in groups.items() if group]


def _counts(lines: Sequence[QueueLine]) -> dict[str, int]:
    waiting = [line for line in lines if line.state is CaseState.OPEN]
    emergencies = [line for line in waiting if line.severity is Severity.EMERGENCY]
    return {"waiting": len(waiting), "emergencies": len(emergencies)}
