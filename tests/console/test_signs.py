"""Whoever looks at another page, or elsewhere, hears that somebody of theirs has written."""

import re

from playwright.async_api import Browser, Page, Route, expect

from domain.casework.work import claim, release
from domain.signals.closing_wish import wish_closed
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.console.looks import DESK, PHONE, window
from tests.console.office import Colleague, Office
from tests.console.sounding import LISTENING

_IN_THIS_CASE = "There is something new in this case."
_IN_A_CASE = "There is something new in a case of yours."
_SOMEBODY_NEW = "Somebody new is waiting."


async def own_case(office: Office, me: Colleague) -> tuple[Returnee, Case]:
    person = await office.person()
    case = await office.case(person, "Hello?", Severity.CONCERN)
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, me.actor, case.id)
    return person, case


async def listen(page: Page, path: str, live: str) -> None:
    """With the sound on."""
    await page.add_init_script(LISTENING)
    await page.goto("/queue")
    await page.get_by_role("button", name="Sound").click()
    await page.goto(path)
    await expect(page.locator(live)).to_be_attached()


async def test_p2_an_answer_into_an_open_case_is_said_and_sounds(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    person, case = await own_case(office, me)
    async with window(chromium, office, me, "light", PHONE) as page:
        await listen(page, f"/cases/{case.id}", "[data-news][data-live]")
        news = page.get_by_role("status").get_by_text(_IN_THIS_CASE)
        await expect(news).to_be_hidden()
        await office.case(person, "He is at the door", Severity.CONCERN)
        await expect(news).to_be_visible()
        await expect(page).to_have_title(re.compile("^• "))
        assert await page.evaluate("tones") == 2
        assert await page.evaluate("shown") == [f"Wayhome: {_IN_THIS_CASE}"]
        await expect(page.locator("#talk")).to_contain_text("He is at the door")


async def test_p2_what_came_in_out_of_sight_is_pointed_to_until_it_was_seen(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    person, case = await own_case(office, me)
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.goto(f"/cases/{case.id}")
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        await page.get_by_role("button", name="Send to their phone").hover()
        await office.case(person, "He is at the door", Severity.CONCERN)
        there = page.get_by_role("link", name=_IN_THIS_CASE)
        await expect(there).not_to_have_class(re.compile("unseen"))
        await expect(there).to_be_in_viewport()
        await there.click()
        await expect(page.locator("#newest")).to_be_in_viewport()
        await expect(page.locator("#newest")).to_contain_text("He is at the door")
        await expect(there).to_have_class(re.compile("unseen"))
        await expect(there).not_to_be_focused()


async def test_p2_a_press_of_a_button_is_said_like_words(office: Office, chromium: Browser) -> None:
    me = await office.colleague(Role.CASEWORKER)
    person, case = await own_case(office, me)
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto(f"/cases/{case.id}")
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        async with office.database.begin(SERVICE) as session:
            assert await wish_closed(session, await session.get_one(Returnee, person.id))
        await expect(page.get_by_text(_IN_THIS_CASE)).to_be_visible()


async def test_p2_whoever_sits_in_one_case_hears_of_an_answer_in_another_of_theirs(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    _, case = await own_case(office, me)
    other, theirs = await own_case(office, me)
    async with window(chromium, office, me, "light", DESK) as page:
        await listen(page, f"/cases/{case.id}", "[data-news][data-live]")
        await office.case(other, "Are you there?", Severity.CONCERN)
        news = page.get_by_role("link", name=_IN_A_CASE)
        await expect(news).to_be_visible()
        await expect(page.get_by_text(_IN_THIS_CASE)).to_be_hidden()
        assert await page.evaluate("tones") == 2
        await news.click()
        await page.wait_for_url(f"**/cases/{theirs.id}")


async def test_p2_the_queue_sounds_for_an_answer_in_ones_own_case_and_for_no_claim(
    office: Office, chromium: Browser
) -> None:
    me, samir = [await office.colleague(Role.CASEWORKER) for _ in range(2)]
    person, mine = await own_case(office, me)
    theirs, _ = await own_case(office, samir)
    async with window(chromium, office, me, "light", DESK) as page:
        await listen(page, "/queue", "[data-live].connected")
        _, claimed = await own_case(office, me)
        await office.case(theirs, "Hello, Samir", Severity.CONCERN)
        line = page.locator(f'[data-case="{claimed.id}"]')
        await expect(line.locator(".tag.on")).to_be_visible()
        before = await page.evaluate("tones")
        await expect(page.locator("[data-news]")).not_to_have_text(_IN_A_CASE)
        await office.case(person, "Are you there?", Severity.CONCERN)
        await expect(page.locator("[data-news]")).to_have_text(_IN_A_CASE)
        assert await page.evaluate("tones") == before + 2
        await expect(page).to_have_title(re.compile("^• Queue"))
        [marked] = await page.locator("[data-case].new").all()
        await expect(marked).to_have_attribute("data-case", str(mine.id))


async def test_p2_an_answer_takes_nothing_off_the_screen_that_says_that_somebody_new_waits(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    person, case = await own_case(office, me)
    async with window(chromium, office, me, "light", DESK) as page:
        await listen(page, f"/cases/{case.id}", "[data-news][data-live]")
        await office.case(await office.person(), "Help", Severity.EMERGENCY)
        await expect(page.get_by_role("link", name=_SOMEBODY_NEW)).to_be_visible()
        await office.case(person, "He is at the door", Severity.CONCERN)
        await expect(page.get_by_text(_IN_THIS_CASE)).to_be_visible()
        lying = await page.evaluate("Object.values(lying)")
        assert sorted(lying) == [_SOMEBODY_NEW, _IN_THIS_CASE]


async def test_news_is_read_by_itself_and_goes_once_it_is_none_any_more(
    office: Office, chromium: Browser
) -> None:
    me, samir = [await office.colleague(Role.CASEWORKER) for _ in range(2)]
    _, case = await own_case(office, me)
    other, theirs = await own_case(office, me)
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto(f"/cases/{case.id}")
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        waits = page.get_by_role("link", name=_SOMEBODY_NEW)
        own = page.get_by_role("link", name=_IN_A_CASE)
        await office.case(other, "Are you there?", Severity.CONCERN)
        await expect(own).to_be_visible()
        async with office.database.begin(office.organisation.id) as session:
            await release(session, me.actor, theirs.id)
        await expect(waits).to_be_visible()
        await expect(own).to_be_hidden()
        said = page.get_by_role("status").filter(has_text=_SOMEBODY_NEW)
        await expect(said).to_have_text(_SOMEBODY_NEW)
        async with office.database.begin(office.organisation.id) as session:
            await claim(session, samir.actor, theirs.id)
        await expect(waits).to_be_hidden()


async def test_p2_in_the_queue_neither_an_answer_nor_somebody_new_hides_the_other(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    person, _ = await own_case(office, me)

    async def both_come(route: Route) -> None:
        await office.case(await office.person(), "Help", Severity.EMERGENCY)
        await office.case(person, "Are you there?", Severity.CONCERN)
        await route.continue_()

    async with window(chromium, office, me, "light", DESK) as page:
        await listen(page, "/queue", "[data-live].connected")
        await page.route("**/events*", both_come, times=1)
        await page.reload()
        await expect(page.locator("[data-news]")).to_have_text(f"{_SOMEBODY_NEW} {_IN_A_CASE}")
        shown = [f"Wayhome: {_SOMEBODY_NEW}", f"Wayhome: {_IN_A_CASE}"]
        assert await page.evaluate("shown") == shown
