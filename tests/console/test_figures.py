"""How the service does, on a page and as files."""

import csv
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

from openpyxl import load_workbook
from playwright.async_api import Browser, expect
from sqlalchemy import select

from domain.safeguarding.conflicts import keep_apart
from domain.staff import speak
from storage.kinds import CaseState, ConflictKind, Outcome, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.waits import Wait
from tests.console.looks import barriers, window
from tests.console.office import Office

MONDAY = datetime(2040, 3, 12, 9, tzinfo=UTC)


async def busy_weeks(office: Office) -> None:
    """Of the two weeks before: seven urgent calls, of which one was late and one was left; three
    emergencies in each week, and three concerns.
    """
    office.database.clock.offset = MONDAY - datetime.now(UTC)
    calls: list[tuple[Severity, int, int | None]]
    calls = [(Severity.URGENT, 2, 90), (Severity.URGENT, 2, None)]
    calls += [(Severity.URGENT, 8, 20)] * 3 + [(Severity.URGENT, 2, 30)] * 2
    calls += [(Severity.EMERGENCY, days, 4) for days in (2, 2, 2, 9, 9, 9)]
    calls += [(Severity.CONCERN, 3, 500)] * 3
    promised = {Severity.EMERGENCY: 5, Severity.URGENT: 60, Severity.CONCERN: 2000}
    for severity, days, minutes in calls:
        case = await office.case(await office.person(), "", severity)
        async with office.database.begin(SERVICE) as session:
            case = await session.merge(case)
            began = MONDAY - timedelta(days=days)
            case.state, case.outcome, case.resolved_at = CaseState.RESOLVED, Outcome.HELPED, began
            wait = Wait(
                case_id=case.id,
                organisation_id=office.organisation.id,
                severity=severity,
                began_at=began,
                due_at=began + timedelta(minutes=promised[severity]),
                acted_at=None if minutes is None else began + timedelta(minutes=minutes),
                closed_at=began + timedelta(days=1),
            )
            session.add(wait)


async def test_a_supervisor_sees_how_soon_a_human_acted_and_against_which_promise(
    office: Office, chromium: Browser
) -> None:
    await busy_weeks(office)
    me = await office.colleague(Role.SUPERVISOR)
    async with window(chromium, office, me, "dark", 375) as page:
        await page.goto("/figures")
        emergency = page.get_by_role("row", name="Emergency").first
        await expect(emergency).to_contain_text("6, 100%")
        await expect(emergency).to_contain_text("4 min")
        urgent = page.get_by_role("row", name="Urgent").first
        await expect(urgent).to_contain_text("5, 71%")
        await expect(page.get_by_role("row", name="Concern").first).to_contain_text("fewer than 5")
        for summary in await page.locator("summary").all():
            await summary.click()
        assert await barriers(page) == []
        async with office.database.begin(SERVICE) as session:
            await speak(session, me.actor.staff_id, "ar")
        await page.get_by_role("link", name="By months").click()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        await page.wait_for_load_state()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 375


async def test_files_hold_what_the_page_shows_and_nothing_smaller(office: Office) -> None:
    await busy_weeks(office)
    async with office.browser(Role.COORDINATOR) as browser:
        written = await browser.get("/figures.csv", by="week")
        book = await browser.get("/figures.xlsx", by="week")
    head, tags, *lines = csv.reader(StringIO(written.content.decode("utf-8-sig")))
    (sheet,) = load_workbook(BytesIO(book.content)).worksheets
    assert [len(line) for line in (tags, *lines)] == [len(head)] * (len(lines) + 1)
    assert len(list(sheet.values)) == len(lines) + 2
    urgent, *_ = (line for line in lines if line[:2] == ["in-time", "urgent"])
    assert urgent[4:6] == ["5", "7"]
    assert urgent[9] == "30.0"
    concern, *more = (line for line in lines if line[1] == "concern")
    assert (concern[4], concern[-1], more) == ("", "< 5", [])


async def test_p10_figures_are_for_those_who_answer_for_the_service(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        assert (await browser.get("/figures")).status_code == 403
        assert 'href="/figures"' not in (await browser.get("/account")).text


async def test_p10_whoever_is_kept_apart_from_somebody_reads_the_same_figures_as_everybody(
    office: Office,
) -> None:
    """Of two that differ, one would say that there is somebody."""
    await busy_weeks(office)
    lead = await office.colleague(Role.SAFEGUARDING)
    async with office.browser(Role.SUPERVISOR) as browser:
        before = (await browser.get("/figures.csv")).text
        assert "in-time,urgent" in before
        async with office.database.begin(SERVICE) as session:
            person = (await session.scalars(select(Case.returnee_id).join(Wait))).first()
            assert person is not None
            me = browser.actor.staff_id
            await keep_apart(session, lead.actor, person, me, ConflictKind.COMPLAINT)
        assert (await browser.get("/figures.csv")).text == before
