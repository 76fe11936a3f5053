"""Every page there is, whoever it is for: no barrier, and nothing beside a small phone's screen.

What `test_looks` opens amid much work is not opened again; whatever else the console has is, so
that a new page can't be forgotten.
"""

from collections.abc import Iterable
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser
from playwright.async_api import Page as Window

from domain.staff import speak
from storage.kinds import Role
from storage.sessions import SERVICE
from tests.console.looks import DESK, PHONE, Scheme, barriers, busy, crowded, window
from tests.console.office import Colleague, Office
from tests.console.pages import addresses, left_over, whoever_may


async def all_speak(office: Office, staff: Iterable[Colleague], language: str) -> None:
    async with office.database.begin(SERVICE) as session:
        for colleague in staff:
            await speak(session, colleague.actor.staff_id, language)


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
