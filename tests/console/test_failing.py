"""Pages that fail on our side, and addresses that are none: nobody loses a word or their way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from sqlalchemy import func, select
from starlette.applications import Starlette
from structlog.testing import capture_logs

from console.admission import Door
from console.app import create_console
from console.cookies import SESSION
from domain.casework.work import claim
from storage.kinds import CaseEventKind, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import CaseEvent
from storage.tables.duty import TimeOff
from storage.wakes import Wakes
from tests.console.looks import PHONE, window
from tests.console.office import Colleague, Office
from tests.console.stumbling import stumbles
from tests.counting import how_many
from tests.postgres import DatabaseUrls


@pytest.mark.parametrize("why", ["deadlock_detected", "serialization_failure"])
async def test_whoever_stood_in_anothers_way_is_tried_again_and_reads_nothing_of_it(
    office: Office, urls: DatabaseUrls, why: str
) -> None:
    await stumbles(urls, "time_off", 2, why)
    async with office.browser(Role.COORDINATOR) as browser:
        days = {"first_day": "2099-01-01", "last_day": "2099-01-02"}
        assert (await browser.post("/rota/off", **days)).status_code == 303
    assert await how_many(office.database, TimeOff) == 1


async def test_a_page_that_fails_says_so_and_gives_back_what_was_typed(
    office: Office, urls: DatabaseUrls
) -> None:
    case = await office.case(await office.person(), "Hello?")
    page = f"/cases/{case.id}"
    await stumbles(urls, "case_event", 100, "deadlock_detected")
    async with office.browser(Role.CASEWORKER) as browser:
        with capture_logs() as lines:
            failed = await browser.post(f"{page}/note", note="Call the shelter")
        [line] = [each for each in lines if each.get("action") == "console.failed"]
        assert line["page"] == "/cases/{id:uuid}/note"
        assert failed.status_code == 503
        assert failed.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in failed.headers["content-security-policy"]
        assert ">Call the shelter</textarea>" in failed.text
        assert 'href="/"' in failed.text
        assert "Hello?" not in failed.text


def signed_in_at(console: Starlette, office: Office, me: Colleague) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(console),
        base_url=office.settings.public_url,
        headers={"Origin": office.settings.origin},
        cookies={SESSION: me.cookie},
    )


@asynccontextmanager
async def without_database(office: Office, me: Colleague) -> AsyncIterator[httpx.AsyncClient]:
    """A console of somebody who is signed in, whose database is away."""
    database = Database(
        "postgresql+asyncpg://nobody@127.0.0.1:1/nowhere",
        office.database.keys,
        Clock(),
        Wakes(),
    )
    async with signed_in_at(create_console(database, office.settings), office, me) as client:
        yield client
    await database.close()


async def test_words_that_find_a_crowd_at_the_door_come_back(office: Office) -> None:
    me = await office.colleague(Role.CASEWORKER)
    console = create_console(office.database, office.settings)
    # As after a start, when nobody's cookie was seen yet and strangers make up theirs.
    console.state.desk = replace(console.state.desk, unseen=Door(at_once=0, patience=0))
    async with signed_in_at(console, office, me) as client:
        answer = await client.post(f"/cases/{uuid4()}/write", data={"words": "Wait for me"})
        assert (answer.status_code, ">Wait for me</textarea>" in answer.text) == (429, True)
        answer = await client.get("/queue")
        assert (answer.status_code, "Too many are at the door" in answer.text) == (429, True)


async def test_while_the_database_is_away_pages_say_so_and_lead_back(office: Office) -> None:
    me = await office.colleague(Role.CASEWORKER)
    page = f"/cases/{uuid4()}"
    async with without_database(office, me) as client:
        for path in ("/queue", "/sign-in", page):
            answer = await client.get(path)
            assert answer.status_code == 503, path
            assert "Something failed on our side" in answer.text
            assert 'href="/"' in answer.text
        assert (await client.get("/nothing")).status_code == 404
        answer = await client.post(f"{page}/write", data={"words": "Wait", "form_token": "x"})
        assert answer.status_code == 503
        assert ">Wait</textarea>" in answer.text


async def test_words_that_came_back_from_a_failure_are_looked_at_once_more_and_then_kept(
    office: Office, urls: DatabaseUrls, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Hello?")
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, me.actor, case.id)
    await stumbles(urls, "case_event", 3, "deadlock_detected")
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.goto(f"/cases/{case.id}")
        await page.get_by_label("Note for colleagues").fill("Call the shelter")
        await page.get_by_role("button", name="Keep note").click()
        await expect(page.get_by_role("heading", name="Something failed")).to_be_visible()
        await page.get_by_role("button", name="Go on").click()
        note = page.get_by_label("Note for colleagues")
        await expect(note).to_have_value("Call the shelter")
        await expect(page.get_by_role("alert")).to_contain_text("Look once more")
        await page.get_by_role("button", name="Keep note").click()
        await expect(page.locator("#talk")).to_contain_text("Call the shelter")
    async with office.database.begin(SERVICE) as session:
        notes = select(func.count()).where(CaseEvent.kind == CaseEventKind.NOTE)
        assert await session.scalar(notes) == 1


async def test_the_address_of_a_form_leads_to_the_page_that_it_stands_on(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        case, message = uuid4(), uuid4()
        for address, above in (
            (f"/cases/{case}/write", f"/cases/{case}"),
            (f"/cases/{case}/messages/{message}/take-back", f"/cases/{case}"),
            ("/account/language", "/account"),
            ("/duty", "/"),
        ):
            answer = await browser.get(address)
            assert (answer.status_code, answer.headers["location"]) == (303, above)
        assert (await browser.client.put("/queue")).status_code == 405
