"""The page of results, walked in a real browser; and its files."""

import csv
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from playwright.async_api import Browser, expect

from domain.campaigns import Outline, draft
from domain.figures.publication import Counts, Trait, publish
from domain.pathways.bringing import bring
from domain.pathways.shelf import ours
from domain.staff import speak
from storage.kinds import CampaignState, Role
from storage.sessions import SERVICE
from storage.tables.campaigns import CampaignFigures
from tests.console.counted import QUESTIONS, counts
from tests.console.looks import barriers, window
from tests.console.office import Colleague, Office

CARE = ours()[0]


async def counted(office: Office, me: Colleague, name: str, people: int = 40) -> UUID:
    """A campaign that is over."""
    by_trait: dict[Trait, dict[str | None, Counts]] = {
        Trait.COUNTRY: {"AL": counts(people), "MA": counts(2 * people)},
        Trait.REGION: {
            "AL/": counts(people),
            "MA/Souss-Massa": counts(people),
            "MA/": counts(people),
        },
        Trait.LANGUAGE: {"sq": counts(people), "ar": counts(2 * people)},
        Trait.SINCE: {"month": counts(3 * people)},
        Trait.STAGE: {"care-and-tact/month-1": counts(people), None: counts(2 * people)},
    }
    async with office.database.begin(SERVICE) as session:
        campaign = await draft(
            session,
            me.actor,
            Outline(
                name=name,
                questionnaire="safety-and-needs",
                **_time(session),
            ),
        )
        campaign.state, campaign.started_at = CampaignState.STOPPED, session.now
        session.add(
            CampaignFigures(
                campaign_id=campaign.id,
                step="once",
                organisation_id=office.organisation.id,
                asked_at=session.now,
                counted_at=session.now,
                figures=publish(by_trait, QUESTIONS).to_keep(),
            )
        )
    return campaign.id


async def test_a_coordinator_reads_what_groups_answered_and_takes_it_along(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    await counted(office, me, "Month 1")
    campaign = await counted(office, me, "Month 3", people=32)
    async with window(chromium, office, me, "dark", 375) as page:
        await page.goto(f"/campaigns/{campaign}")
        await page.get_by_role("link", name="Results").click()
        await expect(page.get_by_role("heading", name="Results", exact=True)).to_be_visible()
        for summary in await page.locator("summary").all():
            await summary.click()
        work = page.get_by_role("row", name=re.compile("^Work")).first
        await expect(work).to_contain_text("45")
        await expect(page.get_by_role("heading", name="Morocco").first).to_be_visible()
        region = page.get_by_role("heading", name="Morocco, Souss-Massa").first
        await expect(region).to_be_visible()
        stage = page.get_by_role("row", name=re.compile("After CARE and TACT · Month 1"))
        await expect(stage).to_contain_text("20")
        await expect(page.locator("li", has_text="Month 1").first).to_be_visible()
        assert await barriers(page) == []
        async with office.database.begin(SERVICE) as session:
            await speak(session, me.actor.staff_id, "ar")
        await page.reload()
        for summary in await page.locator("summary").all():
            await summary.click()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 375
        assert await page.locator("html").get_attribute("dir") == "rtl"


async def test_files_hold_what_the_page_shows_with_tags_and_no_formula(office: Office) -> None:
    me = await office.colleague(Role.COORDINATOR)
    campaign = await counted(office, me, "=HYPERLINK(1)")
    async with office.browser_of(me) as browser:
        written = await browser.get(f"/campaigns/{campaign}/results.csv")
        book = await browser.get(f"/campaigns/{campaign}/results.xlsx")
    head, tags, *lines = csv.reader(StringIO(written.content.decode("utf-8-sig")))
    (sheet,) = load_workbook(BytesIO(book.content)).worksheets
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]

    assert len(head) == len(tags)
    assert all(tag.startswith("#") for tag in tags)
    assert {line[0] for line in lines} == {"'=HYPERLINK(1)"}
    shares = head.index("share")
    assert [row[:shares] for row in cells] == [row[:shares] for row in (head, tags, *lines)]
    people = [int(line[head.index("people")]) for line in lines if line[head.index("people")]]
    assert people
    assert min(people) >= 5


async def test_a_stage_that_its_pathway_has_no_more_is_named_in_results_of_before(
    office: Office,
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    campaign = await counted(office, me, "Month 1")
    async with office.database.begin(SERVICE) as session:
        await bring(session, me.actor, replace(CARE, stages=CARE.stages[:1]))
    async with office.browser_of(me) as browser:
        page = await browser.get(f"/campaigns/{campaign}/results")
        written = await browser.get(f"/campaigns/{campaign}/results.csv")

    for shown in (page.text, written.text):
        assert "After CARE and TACT · Month 1" in shown
        assert "care-and-tact/month-1" not in shown


async def test_files_hold_the_days_that_the_page_shows(office: Office) -> None:
    """Past midnight by the reader's calendar, and before it elsewhere."""
    office.database.clock.offset = datetime(2040, 3, 31, 22, 30, tzinfo=UTC) - datetime.now(UTC)
    me = await office.colleague(Role.COORDINATOR)
    campaign = await counted(office, me, "Month 1")
    async with office.browser_of(me) as browser:
        page = await browser.get(f"/campaigns/{campaign}/results")
        written = await browser.get(f"/campaigns/{campaign}/results.csv")
    head, _, line, *_ = csv.reader(StringIO(written.content.decode("utf-8-sig")))

    assert "Counted on 1 Apr 2040" in page.text
    assert [line[head.index(day)] for day in ("asked_on", "counted_on")] == ["2040-04-01"] * 2


@pytest.mark.parametrize("kind", ["", ".csv", ".xlsx"])
async def test_before_it_is_over_nothing_is_shown_of_what_was_answered(
    office: Office, kind: str
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    async with office.database.begin(SERVICE) as session:
        campaign = await draft(
            session,
            me.actor,
            Outline(name="Now", questionnaire="safety-and-needs", **_time(session)),
        )
        campaign.state, campaign.started_at = CampaignState.RUNNING, session.now
    async with office.browser_of(me) as browser:
        answer = await browser.get(f"/campaigns/{campaign.id}/results{kind}")
    assert ("Not counted yet" in answer.text) == (kind == "")
    assert answer.status_code == (200 if kind == "" else 409)


def _time(session: Any) -> dict[str, Any]:
    return {"local_time": session.now.replace(tzinfo=None, microsecond=0) + timedelta(days=1)}
