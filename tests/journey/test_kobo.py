"""A coordinator who has only ever used KoboToolbox asks fifteen people her own questions.

Console, clock, delivery and Chromium are real, and so are the phones, as far as a simulator goes.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect
from pydantic import SecretStr

from bot.app import App
from bot.demo.time import TimeMachine
from bot.settings import Settings
from bot.web import listen
from console.cookies import SESSION
from domain.organisations import add_organisation
from domain.staff import add_staff
from domain.staff.browsers import open_session
from simulator.memory.users import User
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.staff import Staff
from tests.domain.checking_in import add_person
from tests.domain.questionnaires.forms.sheets import excel
from tests.journey.phone import Phone
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator, running_simulator

pytestmark = pytest.mark.timeout(180)

# As KoboToolbox saves it: no title, groups with names of its own, rows of its own.
SAVED = """
| survey |
| | type | name | label::English (en) | label::العربية (ar) | required | relevant | appearance | constraint | constraint_message::English (en) | constraint_message::العربية (ar) | calculation |
| | start | start | | | | | | | | | |
| | end | end | | | | | | | | | |
| | note | Welcome | A few questions about your new home. | بعض الأسئلة عن بيتك الجديد. | false | | | | | | |
| | begin_group | group_kw3tx51 | Home | البيت | | | field-list | | | | |
| | select_one yn4ab12 | home | Do you have a place to stay? | هل لديك مكان للإقامة؟ | true | | | | | | |
| | integer | nights | For how many more nights? | لكم ليلة أخرى؟ | false | ${home} = 'yes' | | . >= 0 and . <= 400 | Please write a number from 0 to 400. | اكتب رقما من 0 إلى 400. | |
| | end_group | | | | | | | | | | |
| | select_multiple lack9zq | lacking | What is lacking? | ما الذي ينقص؟ | false | | minimal | | | | |
{more}
| | calculate | __version__ | | | | | | | | | 'vRz8MLx2' |
| choices |
| | list_name | name | label::English (en) | label::العربية (ar) |
| | yn4ab12 | yes | Yes, I have | نعم لدي |
| | yn4ab12 | no | No, I have not | لا ليس لدي |
| | lack9zq | heating | Heating | تدفئة |
| | lack9zq | furniture | Furniture | أثاث |
| settings |
| | style | version | default_language |
| | theme-grid | 3 (2026-05-02 09:14:05) | English (en) |
"""  # noqa: E501 - a row is a row
PLACE = "| | geopoint | place | Where are you now? | أين أنت الآن؟ | false | | | | | | |"
PEOPLE = 15
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def telegram(database: Database) -> AsyncIterator[RunningSimulator]:
    async with running_simulator(clock=lambda: datetime.now(UTC) + database.clock.offset) as it:
        yield it


@asynccontextmanager
async def at_work(
    telegram: RunningSimulator, database: Database, urls: DatabaseUrls, folder: Path
) -> AsyncIterator[App]:
    with listen("localhost", 0) as listening:
        settings = Settings(
            bot_token=SecretStr(telegram.token),
            telegram_api_url=telegram.url,
            database_url=SecretStr(urls.run_url),
            data_dir=folder,
            port=listening.getsockname()[1],
        )
        app = App(settings, database, urls.run_url)
        async with asyncio.TaskGroup() as group:
            group.create_task(app.run(listening))
            yield app
            app.stopping.set()


@dataclass(frozen=True)
class Centre:
    people: list[User]
    #: Of a browser in which the coordinator is signed in.
    cookie: str


async def open_centre(telegram: RunningSimulator, database: Database) -> Centre:
    people = [telegram.add_user(f"Person {number}") for number in range(PEOPLE)]
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, "Tirana", country="AL")
        for person in people:
            await add_person(session, organisation, person.id)
        coordinator = await add_staff(session, "Mira", organisation, Role.COORDINATOR)
        cookie = await open_session(session, await session.get_one(Staff, coordinator.id))
    for person in people:
        telegram.simulator.phones.start(person.id)
    return Centre(people, cookie)


async def test_a_form_from_kobotoolbox_is_brought_looked_at_planned_asked_answered_and_counted(
    telegram: RunningSimulator,
    database: Database,
    urls: DatabaseUrls,
    chromium: Browser,
    tmp_path: Path,
) -> None:
    centre = await open_centre(telegram, database)
    async with at_work(telegram, database, urls, tmp_path) as app:
        context = await chromium.new_context(
            base_url=app.settings.address, viewport={"width": 1280, "height": 900}
        )
        await context.add_cookies(
            [{"name": SESSION, "value": centre.cookie, "url": app.settings.address}]
        )
        page = await context.new_page()

        await brings_the_form(page)
        await looks_at_it(page)
        planned = await plans(page)
        await TimeMachine(app).advance(planned + timedelta(minutes=30) - datetime.now(UTC))
        await asyncio.gather(
            *(
                answers(Phone(telegram, person), number)
                for number, person in enumerate(centre.people)
            )
        )
        await TimeMachine(app).advance(timedelta(days=10))
        await reads_the_results(page)
        await context.close()


async def brings_the_form(page: Page) -> None:
    """With something in it that Wayhome never asks; then without."""
    await page.goto("/campaigns")
    await page.get_by_role("link", name="Questionnaires").click()
    await upload(page, SAVED.replace("{more}", PLACE))
    refused = page.get_by_role("row", name="geopoint")
    await expect(refused).to_contain_text("survey")
    await expect(refused).to_contain_text("10")
    await expect(refused).to_contain_text("type")
    await upload(page, SAVED.replace("{more}", ""))


async def upload(page: Page, form: str) -> None:
    content = excel("\n".join(line for line in form.splitlines() if line.strip()))
    file = FilePayload(name="New home.xlsx", mimeType=EXCEL, buffer=content)
    await page.get_by_label("Excel file").set_input_files(file)
    await page.get_by_role("button", name="Bring it").click()


async def looks_at_it(page: Page) -> None:
    """What is asked follows from what is answered, in either direction of writing."""
    await expect(page.get_by_role("heading", name="New home")).to_be_visible()
    await expect(page.get_by_text("For how many more nights?")).not_to_be_visible()
    await page.get_by_label("Yes, I have").check()
    await page.get_by_role("button", name="Show what follows").click()
    await page.get_by_label("For how many more nights?").fill("1000")
    await page.get_by_role("button", name="Show what follows").click()
    await expect(page.get_by_text("Please write a number from 0 to 400.")).to_be_visible()
    await page.get_by_label("Language").select_option("ar")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator("[dir=rtl]").get_by_text("هل لديك مكان للإقامة؟")).to_be_visible()


async def plans(page: Page) -> datetime:
    """For when the page suggests. That is each one's own clock, so it is over by then in UTC."""
    await page.get_by_role("link", name="Plan a check-in with it").click()
    await page.get_by_label("Name").fill("New homes, May")
    when = await page.locator("input[type=datetime-local]").first.input_value()
    await page.get_by_role("button", name="See who would get it").click()
    await expect(page.get_by_text(f"{PEOPLE} / {PEOPLE}")).to_be_visible()
    await page.get_by_role("button", name=f"Start for {PEOPLE} people").click()
    await expect(page.get_by_role("button", name="Take the start back")).to_be_visible()
    return datetime.fromisoformat(when).replace(tzinfo=UTC)


async def answers(phone: Phone, number: int) -> None:
    """Two thirds have a home; everybody lacks heating."""

    async def presses(on: str, label: str) -> None:
        await phone.sees(on)
        await phone.presses(label)

    await presses("Is now a good time?", "Yes")
    await presses("A few questions about your new home.", "Continue")
    if number % 3:
        await presses("Do you have a place to stay?", "Yes, I have")
        await phone.sees("For how many more nights?")
        phone.write("30")
    else:
        await presses("Do you have a place to stay?", "No, I have not")
    await presses("What is lacking?", "⬜ Heating")
    await phone.presses("Continue")
    await phone.sees("Thank you")


async def reads_the_results(page: Page) -> None:
    await page.goto("/campaigns")
    await page.get_by_role("link", name="New homes, May").click()
    await page.get_by_role("link", name="Results").click()
    await expect(page.get_by_role("heading", name="Do you have a place to stay?")).to_be_visible()
    # All of them answered: a line that said so would say it of each.
    await expect(page.get_by_text("Nearly everybody")).to_be_visible()
    home = page.get_by_role("row", name="Yes, I have").first
    await expect(home).to_contain_text("10")
