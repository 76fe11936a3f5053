"""A case that stands open in a browser while others work on it, or while its connection is gone."""

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, Route, expect
from sqlalchemy import select

from domain.casework.work import claim, release, write
from domain.replies.sending import Conditions
from domain.replies.unsent import GRACE
from storage.kinds import OutboxState, Role, Severity
from storage.sessions import SERVICE, Clock
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.console.desk import closes, on_a_phone
from tests.console.looks import PHONE, barriers, window
from tests.console.office import Colleague, Office

_BY_ITSELF = "**/cases/*?by-itself"


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("write", {"words": "The doctor waits"}),
        ("note", {"note": "Ana waits, +355 69 123 4567"}),
    ],
)
async def test_words_for_a_case_that_a_colleague_closed_meanwhile_come_back_with_the_reason(
    office: Office, form: str, typed: dict[str, str]
) -> None:
    case = await office.case(await office.person(), "Hello?")
    path = f"/cases/{case.id}"
    async with office.browser(Role.CASEWORKER) as vera, office.browser(Role.CASEWORKER) as me:
        await vera.post(f"{path}/claim")
        await closes(vera, path)
        sent = await me.client.post(
            f"{path}/{form}",
            data={"form_token": me.form_token(), **typed},
            headers={"Referer": f"{office.settings.public_url}{path}"},
        )
    assert sent.status_code == 409
    assert "This case is closed. Say first why you need to read it." in sent.text
    (name, words), *_ = typed.items()
    assert f'name="{name}"' in sent.text
    assert f">{words}</textarea>" in sent.text
    assert "Hello?" not in sent.text


async def test_p11_a_case_that_stands_open_warns_of_words_that_its_closing_ends_until_they_left(
    office: Office, chromium: Chromium
) -> None:
    async with on_a_phone(chromium, office) as (me, case, page):
        await page.locator("summary", has_text="Close the case").click()
        outcome = page.locator("#closing input[type=radio]").first
        await outcome.check()
        warning = page.locator("#closing", has_text="never will once the case is closed")
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        await expect(warning).to_have_count(0)
        async with office.database.begin(SERVICE) as session:
            (await session.get_one(Returnee, case.returnee_id)).frozen_at = session.now
        async with office.database.begin(office.organisation.id) as session:
            how = Conditions(grace=GRACE)
            words = await write(session, me.actor, case.id, "Goodbye.", how)
        await expect(warning).to_be_visible()
        await expect(outcome).to_be_checked()
        async with office.database.begin(SERVICE) as session:
            (await session.get_one(OutboxRow, words.outbox_id)).state = OutboxState.SENT
        await office.case(await office.person(), "wakes the page")
        await expect(warning).to_have_count(0)


async def test_p10_who_may_be_asked_shows_in_an_open_case_alone_and_the_look_is_recorded(
    office: Office, elsewhere: Office
) -> None:
    case = await office.case(await office.person(), "Hello?")
    async with office.browser(Role.CASEWORKER) as vera:
        await vera.post(f"/cases/{case.id}/claim")
        assert "Rabat" in (await vera.get(f"/cases/{case.id}/refer")).text
        async with office.database.begin(SERVICE) as session:
            read = select(AuditEntry).where(AuditEntry.action == "case.read")
            entry = (await session.scalars(read)).one()
        assert (entry.staff_id, entry.subject) == (vera.actor.staff_id, case.id)
        await closes(vera, f"/cases/{case.id}")
        page = (await vera.get(f"/cases/{case.id}/refer")).text
    assert "This case is closed." in page
    assert not re.search("Rabat|who holds the phone", page)


async def test_p10_a_case_that_a_colleague_closes_leaves_the_screen_of_whoever_looks_on(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER, "Samir")
    case = await office.case(await office.person(), "He is at the door")
    path = f"/cases/{case.id}"
    async with office.browser(Role.CASEWORKER) as vera:
        await vera.post(f"{path}/claim")
        async with window(chromium, office, me, "light", PHONE) as page:
            await shown(page, case)
            await page.locator("#note").fill("Ask the shelt")
            await closes(vera, path)
            await expect(page.get_by_role("heading", name="This case is closed")).to_be_visible()
            await expect(page.get_by_text("He is at the door")).to_have_count(0)
            await page.locator("#reason").fill("My note")
            await page.get_by_role("button", name="Open it").click()
            await expect(page.locator("#note")).to_have_value("Ask the shelt")


async def shown(page: Page, case: Case) -> None:
    """The page has heard how its case stands, and hears from now on what becomes of it."""
    await page.goto(f"/cases/{case.id}")
    await expect(page.locator("[data-news][data-live]")).to_be_attached()


async def test_p2_what_could_not_be_fetched_into_an_open_case_is_fetched_again(
    office: Office, chromium: Chromium
) -> None:
    async with on_a_phone(chromium, office) as (_, case, page):
        failed = asyncio.Event()

        async def fail(route: Route) -> None:
            await route.fulfill(status=503)
            failed.set()

        await shown(page, case)
        await page.route(_BY_ITSELF, fail, times=1)
        await cries(office, case, "He is at the door")
        await failed.wait()
        await expect(page.locator("#talk")).to_contain_text("He is at the door")


async def cries(office: Office, case: Case, words: str) -> None:
    """The person of this case, who has said something before."""
    async with office.database.begin(office.organisation.id) as session:
        person = await session.get_one(Returnee, case.returnee_id)
    await office.case(person, words, Severity.EMERGENCY)


async def test_p2_an_answer_that_was_overtaken_hides_nothing_that_came_later(
    office: Office, chromium: Chromium
) -> None:
    async with on_a_phone(chromium, office) as (_, case, page):
        asked, may_arrive = asyncio.Event(), asyncio.Event()

        async def late(route: Route) -> None:
            answer = await route.fetch()
            asked.set()
            await may_arrive.wait()
            await route.fulfill(response=answer)

        await shown(page, case)
        await page.route(_BY_ITSELF, late, times=1)
        await cries(office, case, "I hear steps")
        await asked.wait()
        await cries(office, case, "He is at the door")
        await expect(page.locator("#talk")).to_contain_text("He is at the door")
        async with page.expect_event("requestfinished"):
            may_arrive.set()
        await expect(page.locator("#talk")).to_contain_text("He is at the door")


async def test_p12_first_words_stay_the_same_while_the_person_writes(
    office: Office, chromium: Chromium
) -> None:
    """The finger finds the same sentence there, and a second press is known as one."""
    me = await office.colleague(Role.CASEWORKER)
    case = await emergency_of(office, me)
    async with window(chromium, office, me, "light", PHONE) as page:
        await shown(page, case)
        third = page.locator("#first-words form").nth(2)
        once = await third.locator("[name=once]").input_value()
        await third.get_by_role("button").focus()
        await cries(office, case, "Are you there?")
        await expect(page.locator("#talk")).to_contain_text("Are you there?")
        await expect(third.get_by_role("button")).to_be_focused()
        assert await third.locator("[name=once]").input_value() == once
        async with office.database.begin(office.organisation.id) as session:
            await release(session, me.actor, case.id)
        await expect(page.locator("#first-words")).to_have_count(0)


async def emergency_of(office: Office, me: Colleague) -> Case:
    """A case that they have claimed, and in which nothing was said to the person yet."""
    case = await office.case(await office.person(), "He has a knife", Severity.EMERGENCY)
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, me.actor, case.id)
    return case


async def test_p2_an_open_case_says_every_minute_how_long_ago_and_lets_go_of_no_selection(
    office: Office, chromium: Chromium, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    me = await office.colleague(Role.CASEWORKER)
    case = await emergency_of(office, me)
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.clock.install()
        await shown(page, case)
        await page.locator("#last-words blockquote").select_text()
        set_clock(clock, MORNING + timedelta(minutes=7))
        await page.clock.run_for(60_000)
        await expect(page.locator("#last")).to_have_text("Their last words, 7 minutes ago")
        await expect(page.locator("#head .due")).to_contain_text("late by 2 min")
        await expect(page.locator("#contact")).to_contain_text("it is 11:07 there")
        assert await page.evaluate("getSelection().toString()") == "He has a knife"


async def test_what_is_selected_in_a_talk_stays_so_when_more_comes_in(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await emergency_of(office, me)
    async with window(chromium, office, me, "light", PHONE) as page:
        await shown(page, case)
        await page.locator("#talk .bubble").first.select_text()
        await cries(office, case, "He is at the door")
        await expect(page.locator("#talk")).to_contain_text("He is at the door")
        assert "He has a knife" in await page.evaluate("getSelection().toString()")


async def test_what_is_typed_after_a_send_was_stopped_is_there_again(
    office: Office, chromium: Chromium
) -> None:
    async with on_a_phone(chromium, office) as (_, case, page):
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        words = page.locator("#words")
        await words.fill("I am here.")
        # As a load that is stopped before anything of it came: the page stays.
        stopped = "each => each.form.dispatchEvent(new Event('submit', {bubbles: true}))"
        await words.evaluate(stopped)
        await words.fill("I am here. Call me.")
        await page.goto("/queue")
        await page.goto(f"/cases/{case.id}")
        await expect(words).to_have_value("I am here. Call me.")


_SEEN = "document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))"


async def test_an_open_case_that_nobody_looks_at_is_brought_up_to_date_once_somebody_does(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await emergency_of(office, me)
    asked: list[str] = []
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.clock.install()
        await shown(page, case)
        page.on("request", lambda request: asked.append(request.url))
        await page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away})")
        await page.evaluate("away = true")
        await page.clock.run_for(300_000)
        async with page.expect_response(_BY_ITSELF):
            await page.evaluate(f"away = false; {_SEEN}; {_SEEN}")
        assert len([each for each in asked if each.endswith(f"{case.id}?by-itself")]) == 1


async def test_p2_whoever_writes_in_a_case_that_is_theirs_no_more_reads_so_where_they_write(
    office: Office, chromium: Chromium
) -> None:
    samir = await office.colleague(Role.CASEWORKER, "Samir")
    async with on_a_phone(chromium, office) as (me, case, page):
        await shown(page, case)
        await page.locator("#words").fill("The doctor waits")
        whose = page.locator(".to-person").get_by_role("status")
        async with office.database.begin(office.organisation.id) as session:
            await release(session, me.actor, case.id)
        await expect(whose).to_contain_text("Claim this case to write to the person.")
        assert await barriers(page) == []
        await whose.get_by_role("button", name="Claim").click()
        await expect(page.get_by_text("This case is yours.")).to_be_visible()
        await expect(page.locator("#words")).to_have_value("The doctor waits")
        await expect(whose).to_be_empty()
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        async with office.database.begin(office.organisation.id) as session:
            await release(session, me.actor, case.id)
            await claim(session, samir.actor, case.id)
        await expect(whose).to_contain_text("is talking with this person.")
        await expect(page.locator("#words")).to_have_value("The doctor waits")
