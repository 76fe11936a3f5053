"""The main job, end to end, on real parts.

A simulated Telegram and `wayhome run` as a process of its own over HTTP, PostgreSQL, and Chromium
for the caseworker and the coordinator. Afterwards nothing that was kept names anybody (P7, P8).
"""

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from bot.embedded.postgres import EmbeddedPostgres
from bot.embedded.programs import installation
from tests.journey.phone import Phone
from tests.postgres import DatabaseUrls, execute_alone
from tests.process import Operator
from tests.simulator_server import RunningSimulator

pytestmark = pytest.mark.timeout(400)

DIRECTORY = Path(__file__).parent.parent.parent / "bot" / "demo" / "directory"
PASSWORD = "marble kettle orbit lantern"  # of an invented person
NAME = "Zamirakanaria"
USERNAME = "canary_of_the_journey"
DANGER = "he locked me in the canarycellar and took my passport"
TALK = "i am at the back window canarywindow"
ANSWER = "I am here with you, canarycaseworker. Can you talk?"


async def test_p7_p8_a_returnee_enrols_is_asked_cries_out_and_a_caseworker_stays_with_her(
    operator: Operator,
    telegram: RunningSimulator,
    postgres: EmbeddedPostgres,
    urls: DatabaseUrls,
    chromium: Browser,
) -> None:
    group_owner = telegram.add_user("Head of office")
    group = telegram.add_group("Staff", group_owner, is_forum=True)
    await operator.ask("org", "add", "Return Centre", "--country", "AL", f"--staff-chat={group.id}")
    worker = await operator.ask(
        "staff", "add", "Mira Canarymira", "--org", "Return Centre", "--role", "caseworker"
    )
    coordinator = await operator.ask(
        "staff", "add", "Jon", "--org", "Return Centre", "--role", "coordinator"
    )
    await operator.ask("staff", "add", "Arta", "--org", "Return Centre", "--role", "supervisor")
    report = await operator.ask("directory", "import", str(DIRECTORY))
    assert (report["loaded"], report["rejected"]) == (36, [])
    (invite,) = await operator.ask("invite", "--org", "Return Centre")

    async with operator.running():
        phone = Phone(telegram, telegram.add_user(NAME, username=USERNAME))
        await enrols(phone, invite["code"])
        await finds_a_service(phone)
        desk = await sign_in(chromium, operator, worker["console_url"])
        await go_on_duty(desk)
        office = await sign_in(chromium, operator, coordinator["console_url"])
        await plans_duty(office, desk)
        await answers_a_check_in(phone, office)
        case = await cries_out(phone, desk)
        await talks(phone, desk)
        await closes(phone, desk)
    assert [found["state"] for found in await operator.ask("cases", "--all")] == ["resolved"]
    assert await operator.ask("cases") == []
    assert case in [found["code"] for found in await operator.ask("cases", "--all")]

    canaries = [
        NAME,
        USERNAME,
        str(phone.user.id),
        "Canarymira",
        "canarycellar",
        "canarywindow",
        "canarycaseworker",
    ]
    for place, kept in await everything_kept(operator, postgres, urls):
        for canary in canaries:
            assert canary.encode() not in kept, f"{canary} is in {place}"


async def enrols(phone: Phone, code: str) -> None:
    phone.write(f"/start {code}")
    await phone.presses("English")
    await phone.sees("Your money and your return do not depend")
    await phone.presses("Go on")
    await phone.presses("I am back")
    await phone.presses("Only I read it")
    await phone.presses("Read more")
    await phone.presses("Go on")
    for number in range(1, 5):
        await phone.sees(f"{number}/4")
        await phone.presses("Yes")
    await phone.presses("By day, 9 to 20")
    await phone.presses("Write to me once")
    await phone.sees("What do you need?")


async def finds_a_service(phone: Phone) -> None:
    await phone.presses("Find help near you")
    await phone.presses("Legal advice")
    await phone.presses("Albania")
    await phone.presses("Everywhere")
    await phone.sees("Example Legal Clinic Albania")


async def sign_in(browser: Browser, operator: Operator, set_up: str) -> Page:
    """By the set-up link, with a password and an authenticator."""
    context = await browser.new_context(base_url=operator.address)
    page = await context.new_page()
    await page.goto(set_up)
    secret = await page.locator("code").first.inner_text()
    code = pyotp.TOTP(re.sub(r"\s", "", secret)).now()
    await page.get_by_label("A password").fill(PASSWORD)
    await page.get_by_label("The six digits").fill(code)
    await page.get_by_role("button", name="Set up and sign in").click()
    await expect(page).not_to_have_url(re.compile("set-up"))
    return page


async def go_on_duty(desk: Page) -> None:
    await desk.goto("/queue")
    await desk.get_by_role("button", name="Off duty").click()
    await expect(desk.get_by_role("button", name="On duty")).to_be_visible()


async def plans_duty(office: Page, desk: Page) -> None:
    """Nothing is promised before somebody is planned, with a second, and has passed a drill."""
    await expect(office.get_by_text("Check-ins and stop words are off")).to_be_visible()
    await office.goto("/rota")
    hours = office.locator("form[action='/rota/hours']")
    await office.get_by_text("Declared hours").last.click()
    for field in await hours.locator("input[type=time]").all():
        await field.fill("00:00")
    await hours.get_by_role("button").click()
    await office.get_by_text("Shifts of every week").click()
    weekly = office.locator("form[action='/rota/weekly']")
    for day in await weekly.get_by_role("checkbox").all():
        await day.check()
    await weekly.get_by_label("Who").select_option("Mira Canarymira")
    await weekly.get_by_label("From").fill("00:00")
    await weekly.get_by_label("Until").fill("00:00")
    await weekly.get_by_role("button").click()
    await office.locator("summary", has_text="When nobody is on duty").click()
    second = office.locator("form[action='/rota/fallback']")
    await second.get_by_label("Arta").check()
    await second.get_by_role("button").click()
    await office.get_by_role("button", name="Start a drill").click()
    await desk.goto("/queue")
    await desk.get_by_role("button", name="I am here").click()
    await office.goto("/campaigns")
    await expect(office.get_by_text("Check-ins and stop words are off")).not_to_be_visible()


async def answers_a_check_in(phone: Phone, office: Page) -> None:
    """Planned in the console for her, sent by the clock, answered by buttons."""
    await may_be_asked_at_any_time(phone)
    await office.goto("/campaigns/new")
    await office.get_by_label("Name").fill("First week")
    when = datetime.now(ZoneInfo("Europe/Tirane")) + timedelta(seconds=90)
    await office.get_by_label("When").fill(when.strftime("%Y-%m-%dT%H:%M"))
    await office.get_by_role("button", name="See who would get it").click()
    await expect(office.get_by_role("table").first).to_contain_text("Yes")
    await office.get_by_label("Without the ten minutes").check()
    await office.get_by_role("button", name="Start for 1 person").click()
    await phone.sees("Is now a good time?", patience=120)
    await phone.presses("Yes")
    await phone.sees("How safe do you feel")
    await phone.presses("Mostly safe")
    for asked in ("Has anybody from before", "What do you need most", "Would you like"):
        await phone.sees(asked)
        await phone.presses("Skip")
    await phone.sees("Thank you")


async def may_be_asked_at_any_time(phone: Phone) -> None:
    phone.write("/safety")
    await phone.presses("Hours")
    await phone.presses("Any time")


async def cries_out(phone: Phone, desk: Page) -> str:
    """Writes that she is in danger, in the middle of something else. The code of her case."""
    await desk.goto("/queue")
    phone.write("/services")
    await phone.presses("Legal advice")
    phone.write(DANGER)
    await phone.sees("I think you may be in danger")
    line = desk.locator("li.line")
    await expect(line).to_contain_text("Emergency", timeout=15_000)
    code = re.search(r"[A-Z0-9]{2}-[A-Z0-9]{4}", await line.inner_text())
    assert code
    await group_is_alerted(phone.telegram, code[0])
    return code[0]


async def group_is_alerted(telegram: RunningSimulator, code: str) -> None:
    (group,) = [chat for chat in telegram.simulator.world.chats.values() if not chat.is_private]
    await telegram.wait_for_text(group, code)


async def talks(phone: Phone, desk: Page) -> None:
    await desk.get_by_role("button", name="Claim").click()
    await expect(desk.get_by_text(DANGER).first).to_be_visible()
    await desk.get_by_label("Write to").fill(ANSWER)
    await desk.get_by_role("button", name="Send to their phone").click()
    await phone.sees(ANSWER)
    phone.write(TALK)
    await expect(desk.get_by_text(TALK).first).to_be_visible(timeout=15_000)


async def closes(phone: Phone, desk: Page) -> None:
    await desk.get_by_text("Close the case").first.click()
    await desk.locator("input[name=outcome]").first.check()
    close = desk.get_by_role("button", name="Close the case")
    closed = desk.get_by_text("The case is closed.")
    since = desk.get_by_text("Something new has come in this case since")
    await close.click()
    await expect(closed.or_(since)).to_be_visible()
    # Her last words may have come while the page was drawn: it says so, and they are there now.
    if await since.is_visible():
        await close.click()
    await expect(closed).to_be_visible()
    await phone.sees("has ended this talk", patience=60)


async def everything_kept(
    operator: Operator, postgres: EmbeddedPostgres, urls: DatabaseUrls
) -> list[tuple[str, bytes]]:
    """The database's files, a dump of it, and what the process logged."""
    await execute_alone(postgres, "CHECKPOINT")
    files = [
        (str(path.relative_to(postgres.cluster.folder)), path.read_bytes())
        for path in postgres.cluster.folder.rglob("*")
        if path.is_file()
    ]
    dump = await asyncio.create_subprocess_exec(
        str(installation() / "bin" / "pg_dump"),
        urls.owner_url.replace("+asyncpg", ""),
        stdout=asyncio.subprocess.PIPE,
    )
    text, _ = await dump.communicate()
    assert dump.returncode == 0
    assert b"COPY public.message" in text
    return [*files, ("the dump", text), ("the log", "".join(operator.logs).encode())]
