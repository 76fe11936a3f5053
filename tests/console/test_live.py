"""Live pages come back, whatever ended their stream, and say so when they can't."""

import re

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, Route, expect
from sqlalchemy import delete, update

from domain.casework.work import claim
from domain.duty import go_off_duty, go_on_duty
from domain.safeguarding.conflicts import keep_apart
from storage.kinds import ConflictKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff, StaffSession
from tests.console.desk import on_a_phone
from tests.console.looks import PHONE, window
from tests.console.office import Office

_EVENTS = "**/events*"
_AWAY = 502


async def turned_away(page: Page) -> list[int]:
    """The page's first stream is answered by a proxy in our place; how often it came so far."""
    came: list[int] = []

    async def answer(route: Route) -> None:
        came.append(_AWAY)
        if len(came) == 1:
            await route.fulfill(status=_AWAY)
        else:
            await route.continue_()

    await page.route(_EVENTS, answer)
    return came


async def test_p2_a_queue_that_a_proxy_turned_away_during_a_deploy_is_live_again(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with window(chromium, office, me, "light", PHONE) as page:
        came = await turned_away(page)
        await page.goto("/queue")
        await expect(page.locator("[data-live].connected")).to_be_visible()
        assert len(came) == 2
        case = await office.case(await office.person(), "Help", Severity.EMERGENCY)
        await expect(page.locator(f'[data-case="{case.id}"]')).to_be_visible()


async def test_a_queue_whose_reader_was_signed_out_while_it_was_away_asks_who_is_there(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with window(chromium, office, me, "light", PHONE) as page:
        await turned_away(page)
        await page.goto("/queue")
        async with office.database.begin(SERVICE) as session:
            await session.execute(delete(StaffSession))
        await page.wait_for_url("**/sign-in?next=/queue")


async def test_a_queue_whose_reader_has_another_role_now_says_that_it_is_not_theirs(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with window(chromium, office, me, "light", PHONE) as page:
        await turned_away(page)
        await page.goto("/queue")
        async with office.database.begin(SERVICE) as session:
            role = {"role": Role.COORDINATOR}
            await session.execute(update(Staff).where(Staff.id == me.actor.staff_id).values(role))
        await expect(page.get_by_role("heading", name="This is not yours to open")).to_be_visible()


async def test_a_queue_that_stands_open_says_who_is_on_duty_as_their_shift_begins_and_ends(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.goto("/queue")
        await expect(page.locator("[data-live].connected")).to_be_visible()
        duty = page.locator(".self .duty")
        await duty.focus()
        for change, said in ((go_on_duty, "On duty"), (go_off_duty, "Off duty")):
            async with office.database.begin(office.organisation.id) as session:
                await change(session, me.actor)
            await expect(duty).to_have_text(said)
            # "Off duty, not pressed" would say the opposite.
            await expect(duty).not_to_have_attribute("aria-pressed", re.compile(""))
            await expect(duty).to_be_focused()
        await duty.click()
        await expect(page.get_by_text("You are on duty: alerts come to you.")).to_be_visible()


async def test_a_case_can_be_closed_over_words_that_came_into_its_open_page(
    office: Office, chromium: Chromium
) -> None:
    async with on_a_phone(chromium, office) as (_, case, page):
        async with office.database.begin(SERVICE) as session:
            person = await session.get_one(Returnee, case.returnee_id)
        await office.case(person, "I am well, goodbye")
        await expect(page.locator("#talk").get_by_text("I am well, goodbye")).to_be_visible()
        await page.locator("summary", has_text="Close the case").click()
        await page.locator("#closing input[type=radio]").first.check()
        await page.locator("#closing button").click()
        await page.wait_for_url("**/queue")


async def test_p10_a_case_that_was_taken_from_its_reader_while_it_was_away_leaves_the_screen(
    office: Office, chromium: Chromium
) -> None:
    person = await office.person()
    case = await office.case(person, "He is at the door")
    vera, chief = await office.colleague(Role.CASEWORKER), await office.colleague(Role.SAFEGUARDING)
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, vera.actor, case.id)
    async with window(chromium, office, vera, "light", PHONE) as page:
        await turned_away(page)
        await page.goto(f"/cases/{case.id}")
        await page.locator("#note").fill("Call the shelter")
        async with office.database.begin(SERVICE) as session:
            await keep_apart(
                session, chief.actor, person.id, vera.actor.staff_id, ConflictKind.EXCLUDED
            )
        await page.wait_for_url("**/queue")
        assert await page.evaluate("sessionStorage.length") == 0


# A connection that went dead without a word: nothing comes of it, and it does not end.
_DEAD = """
  window.streams = 0;
  window.EventSource = class extends EventTarget {
    constructor() {
      super();
      streams += 1;
      setTimeout(() => this.dispatchEvent(new Event("open")));
    }
    close() {}
  };
"""


@pytest.mark.parametrize("where", ["the queue", "a case"])
async def test_p2_a_live_page_on_a_dead_connection_says_so_and_tries_another(
    office: Office, chromium: Chromium, where: str
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Hello?")
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.clock.install()
        await page.add_init_script(_DEAD)
        await page.goto("/queue" if where == "the queue" else f"/cases/{case.id}")
        await page.clock.run_for(1000)
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await page.clock.run_for(40_000)
        await expect(page.get_by_text("Connecting again …")).to_be_visible()
        await page.clock.run_for(3000)
        assert await page.evaluate("streams") == 2


async def test_an_open_case_says_that_its_person_is_to_be_contacted_in_another_way_now(
    office: Office, chromium: Chromium
) -> None:
    async with on_a_phone(chromium, office) as (_, case, page):
        await page.locator("#words").fill("The doctor wai")
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        async with office.database.begin(SERVICE) as session:
            await session.execute(
                update(Returnee)
                .where(Returnee.id == case.returnee_id)
                .values(frozen_at=session.now)
            )
        await office.case(await office.person(), "wakes the page")
        await expect(page.locator("#contact")).to_contain_text("They used their stop word.")
        await expect(page.locator("#seen")).to_contain_text("And only after a tap")
        await expect(page.locator("[data-mirror]")).to_have_text("The doctor wai")
        await expect(page.locator("#words")).to_have_value("The doctor wai")


async def test_p2_first_words_are_at_hand_as_soon_as_an_open_case_becomes_an_emergency(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    person = await office.person()
    case = await office.case(person, "Hello?", Severity.CONCERN)
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, me.actor, case.id)
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.goto(f"/cases/{case.id}")
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        await office.case(person, "He has a knife", Severity.EMERGENCY)
        await page.get_by_role("link", name="First words").click()
        await expect(page.locator("#first-words button").first).to_be_in_viewport()


async def test_the_focus_stays_where_it_was_when_a_page_is_brought_up_to_date(
    office: Office, chromium: Chromium
) -> None:
    vera, samir = [await office.colleague(Role.CASEWORKER, name) for name in ("Vera", "Samir")]
    person = await office.person()
    own = await office.case(person, "Hello?", Severity.CONCERN)
    other = await office.case(await office.person(), "Hello?", Severity.CONCERN)
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, vera.actor, own.id)
    async with window(chromium, office, vera, "light", PHONE) as page:
        await page.goto(f"/cases/{own.id}")
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        await page.get_by_role("link", name="Write", exact=True).focus()
        await office.case(person, "I am afraid", Severity.URGENT)
        await expect(page.locator("#head")).to_contain_text("Urgent")
        await expect(page.get_by_role("link", name="Write", exact=True)).to_be_focused()
        await page.goto("/queue")
        await expect(page.locator("[data-live].connected")).to_be_visible()
        line = page.locator(f'[data-case="{other.id}"]')
        await line.get_by_role("button").focus()
        async with office.database.begin(office.organisation.id) as session:
            await claim(session, samir.actor, other.id)
        await expect(line).to_contain_text("Samir")
        await expect(line.get_by_role("link")).to_be_focused()
