from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from console.live import Live
from console.visit import Visit
from domain.cases.queue import UNRESOLVED, Part, QueueLine, queue
from domain.marks import N_
from domain.paging import Page
from storage.sessions import Session

HEADINGS = {
    Part.WAITING: N_("Waiting for somebody"),
    Part.MINE: N_("Yours"),
    Part.COLLEAGUES: N_("With colleagues"),
    Part.CLOSED: N_("Closed"),
}


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        return await visit.show(session, "queue.html", **await _queue(visit, session))


async def follow(visit: Visit) -> Response:
    async def look() -> dict[str, Any]:
        async with visit.begin() as session:
            seen = await _queue(visit, session)
            html = await visit.render(session, "queue-live.html", groups=seen["groups"])
            return {"html": html, "waiting": seen["waiting"]}

    return Live(visit, look)


async def show_part(visit: Visit) -> Response:
    """One part alone, from behind some case on: what is too long for the queue's own page."""
    try:
        part = Part(visit.request.path_params["part"])
    except ValueError:
        raise visit.not_there() from None
    async with visit.begin() as session:
        page = await queue(session, visit.actor, part, visit.after)
        return await visit.show(session, "queue-part.html", part=part, groups=_groups({part: page}))


async def _queue(visit: Visit, session: Session) -> dict[str, Any]:
    """Who is waiting for somebody comes first."""
    pages = {part: await queue(session, visit.actor, part) for part in UNRESOLVED}
    return {"groups": _groups(pages), "waiting": pages[Part.WAITING].count}


def _groups(pages: Mapping[Part, Page[QueueLine]]) -> list[tuple[Part, str, Page[QueueLine]]]:
    return [(part, HEADINGS[part], page) for part, page in pages.items() if page.lines]
