from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from console.live import Live, all_comparable, comparable
from console.visit import Visit
from domain.casework.tasks import owed_by
from domain.marks import N_
from domain.paging import Page
from domain.pathways.tasks import due_now
from domain.queue.lines import (
    UNRESOLVED,
    Part,
    QueueLine,
    count_cases,
    newest_signs,
    newest_waiting,
    queue,
)
from domain.queue.saved_views import MOST, saved_views
from domain.queue.standing import standing_of
from domain.queue.view import View, outside
from locales.catalogues import LANGUAGES
from storage.kinds import Severity
from storage.sessions import Session

HEADINGS = {
    Part.WAITING: N_("Waiting for somebody"),
    Part.MINE: N_("Yours"),
    Part.COLLEAGUES: N_("With colleagues"),
    Part.CLOSED: N_("Closed"),
}


# A code or a pseudonym is shorter.
_LONGEST = 40


async def show(visit: Visit) -> Response:
    """With nothing asked for, in the view that they begin with."""
    async with visit.begin() as session:
        saved = await saved_views(session, visit.actor)
        view = view_of(visit.request.query_params)
        first = next((each.view for each in saved if each.first), view)
        if first != view and not visit.request.query_params:
            return visit.go(address(first))
        return await visit.show(
            session,
            "queue.html",
            owed=await owed_by(session, visit.actor),
            tasks=await due_now(session, visit.actor),
            saved=[(each, address(each.view)) for each in saved],
            shown=next((each for each in saved if each.view == view), None),
            full=len(saved) >= MOST,
            **await _queue(visit, session),
        )


async def follow(visit: Visit) -> Response:
    async def look() -> dict[str, Any]:
        async with visit.begin() as session:
            seen = await _queue(visit, session)
            standing = await standing_of(session, visit.actor)
            return {
                "html": await visit.render(session, "queue-live.html", standing=standing, **seen),
                "duty": await visit.render(session, "duty.html", standing=standing),
                "waiting": seen["waiting"],
                "came": seen["came"],
                "signs": seen["signs"],
            }

    return Live(visit, look)


async def show_part(visit: Visit) -> Response:
    """One part alone, after some case: what is too long for the queue's own page."""
    try:
        part = Part(visit.request.path_params["part"])
    except ValueError:
        raise visit.not_there() from None
    view = view_of(visit.request.query_params)
    async with visit.begin() as session:
        page = await queue(session, visit.actor, part, visit.after, view=view)
        return await visit.show(
            session,
            "queue-part.html",
            part=part,
            groups=_groups({part: page}),
            **_choices(view),
        )


async def _queue(visit: Visit, session: Session) -> dict[str, Any]:
    """Who is waiting for somebody comes first, and no view hides that somebody is."""
    view = view_of(visit.request.query_params)
    pages = {part: await queue(session, visit.actor, part, view=view) for part in UNRESOLVED}
    waiting: str | int = pages[Part.WAITING].count
    if view.narrow:
        waiting = await count_cases(session, visit.actor, Part.WAITING)
    return {
        "groups": _groups(pages),
        "waiting": waiting,
        "came": comparable(await newest_waiting(session, visit.actor)),
        "signs": all_comparable(await newest_signs(session, visit.actor)),
        **_choices(view),
        "outside": await outside(session, visit.actor, view) if view.narrow else None,
    }


def view_of(asked: Mapping[str, str]) -> View:
    """As an address or a form says; what it says wrongly narrows nothing."""
    severity, language = asked.get("severity"), asked.get("language", "")
    return View(
        asked.get("begins", "").strip()[:_LONGEST],
        Severity(severity) if severity in set(Severity) else None,
        language if language in LANGUAGES else "",
    )


def _choices(view: View) -> dict[str, Any]:
    """The view, as the end of an address too, and what else there is to choose from."""
    return {
        "view": view,
        "query": _query(view),
        "severities": sorted(Severity, key=lambda severity: -severity.rank),
        "languages": LANGUAGES,
    }


def address(view: View) -> str:
    return f"/queue?{_query(view)}"


def _query(view: View) -> str:
    return urlencode({name: value for name, value in asdict(view).items() if value})


def _groups(pages: Mapping[Part, Page[QueueLine]]) -> list[tuple[Part, str, Page[QueueLine]]]:
    return [(part, HEADINGS[part], page) for part, page in pages.items() if page.lines]
