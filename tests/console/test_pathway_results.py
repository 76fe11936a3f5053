"""What a pathway came to, walked in a real browser; and its files."""

import csv
import re
from datetime import date
from io import BytesIO, StringIO

from openpyxl import load_workbook
from playwright.async_api import Browser, expect

from domain.figures.publication import Counts, Trait, publish
from domain.figures.quarter.values import StepFigures, to_keep
from domain.figures.reach import Reach
from domain.staff import speak
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.figures import PathwayFigures
from tests.console.counted import QUESTIONS, counts
from tests.console.looks import barriers, window
from tests.console.office import Office

PATH = "/pathways/results?of=care-and-tact"
#: Of each step, how many tens of people.
STEPS = {
    "first-days.day-3": 16,
    "first-days.week-1": 12,
    "month-1.check-in": 8,
    "month-3.check-in": 0,
}


async def counted(office: Office, quarter: date) -> None:
    steps = []
    for step, tens in STEPS.items():
        half = counts(5 * tens) if tens else Counts()
        if not tens:
            half.reach[Reach.NO_ANSWER] = 2
        people = Counts.of([half, half])
        by_trait: dict[Trait, dict[str | None, Counts]] = {
            Trait.COUNTRY: {"AL": half, "MA": half},
            Trait.LANGUAGE: {"sq": people},
        }
        shown = publish(by_trait, QUESTIONS)
        steps.append(StepFigures("care-and-tact", 1, step, "safety-and-needs", shown))
    async with office.database.begin(SERVICE) as session:
        session.add(
            PathwayFigures(
                organisation_id=office.organisation.id,
                quarter=quarter,
                counted_at=session.now,
                figures=to_keep(steps),
            )
        )


async def test_a_coordinator_reads_how_needs_go_from_stage_to_stage(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    await counted(office, date(2026, 4, 1))
    await counted(office, date(2026, 7, 1))
    async with window(chromium, office, me, "dark", 375) as page:
        await page.goto("/pathways/look?of=care-and-tact")
        await page.get_by_role("link", name="Results").click()
        await expect(page.get_by_text("3rd quarter 2026").first).to_be_visible()
        needs = page.locator(
            "section", has=page.get_by_role("heading", name="What do you need most")
        )
        work = needs.get_by_role("listitem").filter(has_text="Month 1").first
        await expect(work).to_contain_text(re.compile("67% of about 60, between .* and"))
        # Four were planned for it: they say nothing, and are not drawn as nobody.
        month = needs.get_by_role("listitem").filter(has_text="Month 3").first
        await expect(month).to_contain_text("not shown by itself")
        await page.get_by_role("link", name="2nd quarter 2026").click()
        few = page.get_by_text("It was for fewer than five people").first
        await expect(few).to_be_attached()
        for summary in await page.locator("summary").all():
            await summary.click()
        await expect(few).to_be_visible()
        assert await barriers(page) == []
        async with office.database.begin(SERVICE) as session:
            await speak(session, me.actor.staff_id, "ar")
        await page.reload()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 375
        assert await page.locator("html").get_attribute("dir") == "rtl"


async def test_on_paper_every_stage_is_unfolded_and_its_groups_only_where_the_reader_did(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    await counted(office, date(2026, 7, 1))
    async with window(chromium, office, me, "light", 1440) as page:
        await page.goto(PATH)
        row = page.get_by_role("row", name=re.compile("^Answered")).first
        await expect(row).to_be_hidden()
        groups = page.locator("details details")
        await page.emulate_media(media="print")
        await expect(row).to_be_visible()
        await expect(groups.first).to_be_hidden()
        await page.emulate_media(media="screen")
        await page.locator("summary").first.click()
        await groups.first.locator("summary").click()
        await page.emulate_media(media="print")
        await expect(groups.first.get_by_role("table")).to_be_visible()
        await expect(groups.last).to_be_hidden()


async def test_the_files_hold_each_step_with_tags(office: Office) -> None:
    me = await office.colleague(Role.COORDINATOR)
    await counted(office, date(2026, 7, 1))
    path, _, of = PATH.partition("?of=")
    async with office.browser_of(me) as browser:
        written = await browser.get(f"{path}.csv", of=of)
        book = await browser.get(f"{path}.xlsx", of=of)
    head, tags, *lines = csv.reader(StringIO(written.content.decode("utf-8-sig")))
    (sheet,) = load_workbook(BytesIO(book.content)).worksheets

    assert all(tag.startswith("#") for tag in tags)
    assert {line[head.index("step")] for line in lines} == {*STEPS} - {"month-3.check-in"}
    assert {line[head.index("quarter")] for line in lines} == {"2026-07-01"}
    assert len(list(sheet.values)) == len(lines) + 2
    people = [int(line[head.index("people")]) for line in lines if line[head.index("people")]]
    assert min(people) >= 5


async def test_before_anything_is_counted_the_page_says_when(office: Office) -> None:
    me = await office.colleague(Role.COORDINATOR)
    path, _, of = PATH.partition("?of=")
    async with office.browser_of(me) as browser:
        assert "Not counted yet" in (await browser.get(path, of=of)).text
        assert (await browser.get(f"{path}.csv", of=of)).status_code == 409
        assert (await browser.get(path, of="nothing")).status_code == 404
        assert (await browser.get(path, of=of, quarter="2020-01-01")).status_code == 404
