"""The whole work without a mouse: somebody's day, and every page that there is."""

import re
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import pytest
from playwright.async_api import Browser, expect
from playwright.async_api import Page as Window
from sqlalchemy import select

from domain.duty import go_on_duty
from domain.replies.phrases import PHRASES, Phrase
from storage.kinds import CaseEventKind, CaseState, Outcome, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, CaseEvent
from tests.console.keyboard import Hands, stumbles
from tests.console.looks import DESK, PHONE, busy, window
from tests.console.office import Colleague, Office
from tests.console.pages import addresses, left_over, whoever_may


async def test_a_caseworkers_whole_work_is_done_by_keyboard(
    office: Office, chromium: Browser
) -> None:
    vera = await office.colleague(Role.CASEWORKER)
    samir = await office.colleague(Role.CASEWORKER, "Samir Alami")
    case = await office.case(await office.person("en"), "He waits at the door")
    await office.case(await office.person("en"), "No bed tonight", Severity.CONCERN)
    async with office.database.begin(SERVICE) as session:
        for each in (vera, samir):
            await go_on_duty(session, each.actor)
        today = session.now
    async with window(chromium, office, vera, "light", DESK) as page:
        hands = Hands(page)
        await page.goto("/account")
        await find_and_claim(hands, case)
        await expect(page.locator("#last-words")).to_contain_text("He waits at the door")
        await write_and_take_back(hands)
        await write_for_later(hands, today + timedelta(days=1))
        await say_and_note(hands)
        await owe_a_task(hands, today + timedelta(days=2))
        await mark_the_signal(hands)
        await offer_it_and_take_it_back(hands)
        await hands.unfold("Put it off")
        await hands.go(page.get_by_role("button", name="Put it off"))
        await expect(page.get_by_role("status").first).to_contain_text("put off")
        await hands.go(page.locator(f'[data-case="{case.id}"] .who'))
        await expect(page.locator("#head")).to_contain_text("put off until")
        await close_it(hands)
        await hands.go(page.get_by_role("link", name="Your account"))
        await hands.go(page.get_by_role("button", name="Sign out", exact=True))
        await expect(page).to_have_url(re.compile("/sign-in"))
    async with office.database.begin(SERVICE) as session:
        closed = await session.get_one(Case, case.id)
        assert (closed.state, closed.outcome) == (CaseState.RESOLVED, Outcome.HELPED)
        kinds = set(
            await session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case.id))
        )
    done = {CaseEventKind.CLAIMED, CaseEventKind.REACHED_OUT, CaseEventKind.NOTE}
    assert done | {CaseEventKind.SNOOZED} <= kinds


async def test_what_became_of_a_form_has_the_focus_and_the_next_tab_goes_on_from_there(
    office: Office, chromium: Browser
) -> None:
    """A page that is read aloud says it first, and nobody walks past all places once more."""
    vera = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person("en"), "No bed tonight", Severity.CONCERN)
    async with window(chromium, office, vera, "light", DESK) as page:
        hands = Hands(page)
        await page.goto(f"/cases/{case.id}")
        await hands.go(page.get_by_role("button", name="Claim this case"))
        said = page.get_by_role("status").filter(has_text="This case is yours")
        await expect(said).to_be_focused()
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('main') !== null")


async def find_and_claim(hands: Hands, case: Case) -> None:
    page = hands.page
    await hands.go(page.get_by_role("link", name="Queue"))
    await page.keyboard.press("/")
    await page.keyboard.type(case.code)
    async with page.expect_event("load"):
        await page.keyboard.press("Enter")
    await expect(page.locator("[data-case]")).to_have_count(1)
    await page.keyboard.press("Escape")
    await hands.reach(page.locator(".who"))
    async with page.expect_event("load"):
        await page.keyboard.press("c")


async def write_and_take_back(hands: Hands) -> None:
    page = hands.page
    words = page.locator("#words")
    await hands.write(words, "I am here.")
    async with page.expect_event("load"):
        await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("status").first).to_contain_text("you can take them back")
    await hands.go(page.get_by_role("button", name="Take back"))
    await expect(words).to_have_value("I am here.")
    await hands.go(page.get_by_role("button", name="Send to their phone"))
    await expect(page.locator(".ours")).to_contain_text("I am here.")


async def say_and_note(hands: Hands) -> None:
    page = hands.page
    await hands.unfold("Ready sentences")
    await hands.reach(page.locator("[name=phrase]").first)
    await page.keyboard.press("Space")
    await hands.go(page.get_by_role("button", name="Send this sentence"))
    await expect(page.locator(".ours").last).to_contain_text(PHRASES[next(iter(Phrase))])
    await hands.write(page.locator("#note"), "Called the shelter.")
    await hands.go(page.get_by_role("button", name="Keep note"))
    await expect(page.locator(".noted")).to_contain_text("Called the shelter.")


async def write_for_later(hands: Hands, day: datetime) -> None:
    page = hands.page
    await hands.write(page.locator("#words"), "How are you today?")
    await hands.unfold("Send it later")
    noon = day.replace(hour=12, minute=30)
    await hands.set_time(page.locator("#at"), noon)
    await hands.go(page.get_by_role("button", name="Send to their phone"))
    await expect(page.get_by_role("status").first).to_contain_text("the time you chose")


async def owe_a_task(hands: Hands, day: datetime) -> None:
    page = hands.page
    await hands.unfold("A task with a day")
    await hands.write(page.locator("#task"), "Look for a bed")
    await hands.set_day(page.locator("#due"), day)
    await hands.go(page.get_by_role("button", name="Note the task"))
    await expect(page.locator("#tasks")).to_contain_text("Look for a bed")
    await hands.go(page.get_by_role("button", name="Done"))


async def mark_the_signal(hands: Hands) -> None:
    page = hands.page
    await hands.unfold("Was the alarm right?")
    await hands.choose(page.get_by_label("How grave it was"), "Urgent")
    await hands.go(page.get_by_role("button", name="Keep", exact=True))


async def offer_it_and_take_it_back(hands: Hands) -> None:
    page = hands.page
    await hands.go(page.get_by_role("link", name="Hand over to a colleague"))
    await hands.choose(page.locator("#staff"), "Samir")
    await hands.go(page.get_by_role("button", name="Offer it"))
    if "/hand-over" not in page.url:
        await hands.go(page.get_by_role("link", name="Hand over to a colleague"))
    await hands.go(page.get_by_role("button", name="Take it back"))
    if "/hand-over" in page.url:
        await hands.go(page.locator("main a[href^='/cases/']").first)


async def close_it(hands: Hands) -> None:
    page = hands.page
    await hands.unfold("Close the case")
    await hands.reach(page.locator("[name=outcome]").first)
    await page.keyboard.press("Space")
    await hands.go(page.get_by_role("button", name="Close the case"))
    await expect(page).to_have_url(re.compile("/queue$"))


@pytest.mark.parametrize("width", [DESK, PHONE])
async def test_every_page_is_walked_through_by_tab_and_shows_where_one_is(
    office: Office, chromium: Browser, width: int
) -> None:
    staff = {role: await office.colleague(role) for role in Role}
    pages = await addresses(office, staff[Role.CASEWORKER])
    walks: list[tuple[Colleague | None, list[str]]]
    walks = [await busy(office, role, "en") for role in (Role.SUPERVISOR, Role.COORDINATOR)]
    seen = [path for _, paths in walks for path in paths]
    for page, path in left_over(pages, seen):
        role = whoever_may(page)
        walks.append((staff[role] if role else None, [path]))
    async with AsyncExitStack() as stack:
        windows: dict[str | None, Window] = {}
        found: dict[str, list[str]] = {}
        for me, paths in walks:
            cookie = me.cookie if me else None
            if cookie not in windows:
                windows[cookie] = await stack.enter_async_context(
                    window(chromium, office, me, "light", width)
                )
            for path in paths:
                await windows[cookie].goto(path)
                found[path] = await stumbles(windows[cookie])
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
