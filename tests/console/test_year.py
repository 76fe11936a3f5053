"""The sheet of a year, on a page to be printed and as files."""

import csv
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

from openpyxl import load_workbook
from playwright.async_api import Browser, expect

from domain.figures.publication import Counts, Trait, publish
from domain.figures.reach import Reach
from domain.figures.year.answers import NEED
from domain.figures.year.values import Drills, Part, Promise, Year
from domain.staff import speak
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.figures import YearFigures
from tests.console.looks import barriers, window
from tests.console.office import Office

NOW = datetime(2040, 3, 12, 9, tzinfo=UTC)


def counts(people: int) -> Counts:
    found = Counts()
    found.reach.update({Reach.ANSWERED: people // 2, Reach.NO_ANSWER: people // 2})
    for need in ("work", "papers"):
        found.answers["need", need] += people // 4
    return found


async def counted(office: Office) -> None:
    office.database.clock.offset = NOW - datetime.now(UTC)
    by_country: dict[str | None, Counts] = {"AL": counts(120), "MA": counts(60)}
    found = Year(
        people=Part.of({"new": 63, "before": 140}),
        answers=publish({Trait.COUNTRY: by_country}, (NEED,)),
        promises=(
            Promise(Severity.EMERGENCY, 12, 11, 1, 0, timedelta(minutes=3)),
            Promise(Severity.URGENT, 40, 35, 4, 1, timedelta(minutes=25)),
            Promise(Severity.CONCERN, 0, 0, 0, 0, None),
        ),
        drills=Drills(14, 12),
        complaints=Part.of({"closed": 2, "open": 1}),
        referrals_received=Part.of({"agreed": 31, "refused": 6, "waiting": 0}),
        help_given=Part.of({"yes": 20, "not-yet": 6, "no": 0, "not-known": 5}),
        referrals_made=Part.of({}),
        help_got=Part.of({}),
    )
    async with office.database.begin(SERVICE) as session:
        session.add(
            YearFigures(
                organisation_id=office.organisation.id,
                year=2039,
                counted_at=session.now,
                figures=found.to_keep(),
            )
        )


async def test_a_coordinator_reads_the_sheet_of_a_year_and_prints_it(
    office: Office, chromium: Browser
) -> None:
    await counted(office)
    me = await office.colleague(Role.COORDINATOR)
    async with window(chromium, office, me, "dark", 375) as page:
        await page.goto("/figures/year")
        await expect(page.get_by_text("So far", exact=True)).to_be_visible()
        await expect(page.get_by_text("over a week ago are counted")).to_be_visible()
        await page.get_by_role("link", name="2039", exact=True).click()
        await expect(page.get_by_role("row", name="Emergency").first).to_contain_text("11, 92%")
        await expect(page.get_by_role("row", name="Came this year")).to_contain_text("60")
        await expect(page.get_by_role("row", name="The help came").first).to_contain_text("20")
        await expect(page.get_by_text("14 started, 12 passed")).to_be_visible()
        for summary in await page.locator("summary").all():
            await summary.click()
        assert await barriers(page) == []
        async with office.database.begin(SERVICE) as session:
            await speak(session, me.actor.staff_id, "ar")
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 375
        await page.emulate_media(media="print")
        await expect(page.get_by_role("link", name="CSV (HXL)")).to_be_hidden()


async def test_p14_files_hold_what_the_page_shows_and_nothing_smaller(office: Office) -> None:
    await counted(office)
    async with office.browser(Role.SUPERVISOR) as browser:
        written = await browser.get("/figures/year.csv", year="2039")
        book = await browser.get("/figures/year.xlsx", year="2039")
        missing = await browser.get("/figures/year", year="1999")
        wrong = await browser.get("/figures/year", year="last")
    head, tags, *lines = csv.reader(StringIO(written.content.decode("utf-8-sig")))
    (sheet,) = load_workbook(BytesIO(book.content)).worksheets
    assert [len(line) for line in (tags, *lines)] == [len(head)] * (len(lines) + 1)
    assert all(tag.startswith("#") for tag in tags)
    assert len(list(sheet.values)) == len(lines) + 2
    of_figure = {line[head.index("figure")] for line in lines}
    # Three complaints are fewer than five, and nothing of them is in it.
    assert "complaints" not in of_figure
    assert {"people", "check-ins", "need", "until-a-human-acted", "drills"} <= of_figure
    groups = [
        int(line[head.index("number")] or 5) for line in lines if line[3] in ("people", "need")
    ]
    assert min(groups) >= 5
    assert (missing.status_code, wrong.status_code) == (404, 404)
