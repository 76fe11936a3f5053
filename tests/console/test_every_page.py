"""Every page there is, whoever it is for: no barrier, and nothing beside a small phone's screen.

What `test_looks` opens amid much work is not opened again; whatever else the console has is, so
that a new page can't be forgotten.
"""

from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser
from playwright.async_api import Page as Window

from console.pages import PAGES
from console.routing import Access, Page
from domain.casework.work import claim
from domain.staff import speak
from storage.kinds import Role
from storage.sessions import SERVICE
from tests.console.everything import everything_of, may, named
from tests.console.looks import DESK, PHONE, Scheme, barriers, busy, crowded, window
from tests.console.office import Colleague, Office

# Nothing that is looked at: streams, recordings, and what is saved as a file.
_NO_PAGE = ("/events", "/{message_id:uuid}", ".csv", ".xlsx", "/file", "/template")
SEEN = [page for page in PAGES if not page.form and not page.path.endswith(_NO_PAGE)]


def opens(page: Page, path: str) -> bool:
    return page.path_regex.match(path.partition("?")[0]) is not None


async def all_speak(office: Office, staff: Iterable[Colleague], language: str) -> None:
    async with office.database.begin(SERVICE) as session:
        for colleague in staff:
            await speak(session, colleague.actor.staff_id, language)


async def addresses(office: Office, worker: Colleague) -> list[tuple[Page, str]]:
    """Of every page, about things that there are; the case among them is the worker's. To be asked
    first, while the office has one of each.
    """
    things = await everything_of(office)
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, worker.actor, things["cases"])
    return [
        (page, page.path.replace("{id:uuid}", str(things.get(named(page)))).replace("{token}", "x"))
        for page in SEEN
    ]


def left_over(
    pages: Iterable[tuple[Page, str]], elsewhere: Sequence[str]
) -> list[tuple[Page, str]]:
    """What is not opened elsewhere."""
    return [
        (page, path) for page, path in pages if not any(opens(page, other) for other in elsewhere)
    ]


def whoever_may(page: Page) -> Role | None:
    if page.needs is Access.ANYBODY:
        return None
    return next(role for role in Role if may(role, page))


async def fits(window: Window, path: str) -> None:
    wide = await window.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE, path
    # What stands still in the bar below is not counted in that.
    beside = await window.evaluate(
        """[...document.querySelectorAll(".places a")].filter(place => {
            const { left, right, bottom } = place.getBoundingClientRect();
            return left < 0 || right > innerWidth || bottom > innerHeight;
        }).map(place => place.textContent)"""
    )
    assert beside == [], path


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", DESK), ("ar", "dark", PHONE), ("el", "light", PHONE)],
)
async def test_no_page_at_all_shuts_anybody_out(
    office: Office, chromium: Browser, language: str, scheme: Scheme, width: int
) -> None:
    staff = {role: await office.colleague(role) for role in Role}
    pages = await addresses(office, staff[Role.CASEWORKER])
    elsewhere = [
        path
        for role in (Role.SUPERVISOR, Role.COORDINATOR)
        for path in (await busy(office, role, "en"))[1]
    ]
    paths = left_over(pages, elsewhere)
    await all_speak(office, staff.values(), language)
    async with AsyncExitStack() as stack:
        windows: dict[Role | None, Window] = {}
        for page, path in paths:
            role = whoever_may(page)
            if role not in windows:
                me = staff[role] if role else None
                windows[role] = await stack.enter_async_context(
                    window(chromium, office, me, scheme, width)
                )
            answer = await windows[role].goto(path)
            assert answer is not None
            # Of what is counted only once it is over, the page says just that.
            assert answer.ok or path.endswith("/results"), (path, answer.status)
            assert await barriers(windows[role]) == [], (path, scheme)
            if width == PHONE:
                await fits(windows[role], path)
                assert await crowded(windows[role]) == [], path
