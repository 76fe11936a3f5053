"""Around the phones: which are shown, the clock, a Telegram that fails."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

from aiogram import Bot
from playwright.async_api import Browser, Page, expect

from simulator.memory.users import User
from tests.simulator.page.handset import Handset
from tests.simulator_server import RunningSimulator, running_simulator


async def test_a_phone_is_added_and_the_choice_of_phones_is_kept(
    page: Page, telegram: RunningSimulator, amal: User
) -> None:
    await page.goto("/")
    await page.get_by_role("button", name="Add a phone").click()
    await page.get_by_label("Name").fill("Olena")
    await page.get_by_label("Language").select_option("uk")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("region", name="Olena's phone")).to_be_visible()
    olena = [*telegram.simulator.world.users.values()][-1]
    assert (olena.first_name, olena.language_code) == ("Olena", "uk")
    await page.get_by_role("button", name="Put Amal's phone away").click()
    await expect(Handset(page, amal).place).to_have_count(0)
    await expect(page).to_have_url(f"{telegram.url}/#{olena.id}")
    await page.goto("about:blank")
    await page.goto("/")
    await expect(Handset(page, olena).place).to_be_visible()
    await expect(Handset(page, amal).place).to_have_count(0)
    await page.get_by_role("button", name="Amal", exact=True).click()
    await expect(Handset(page, amal).place).to_be_visible()


async def test_an_address_of_a_forgotten_world_shows_the_phones_of_this_one(
    page: Page, amal: User
) -> None:
    await page.goto("/#1,2,3")
    await expect(Handset(page, amal).place).to_be_visible()
    await page.get_by_role("button", name="Put Amal's phone away").click()
    await expect(Handset(page, amal).place).to_have_count(0)


async def test_news_on_a_phone_that_is_put_away_are_counted(
    page: Page, bot: Bot, amal: User
) -> None:
    await page.goto("/")
    await page.get_by_role("button", name="Put Amal's phone away").click()
    await bot.send_message(amal.id, "Are you there?")
    await expect(page.get_by_role("button", name="Amal 1 unread")).to_be_visible()


async def test_the_clock_is_moved_by_a_press_or_to_a_day(
    page: Page, telegram: RunningSimulator
) -> None:
    await page.goto("/")
    before = telegram.simulator.clock.now()
    await page.get_by_role("button", name="+1 day").click()
    await expect(page.locator("#now")).to_contain_text(f"{before + timedelta(days=1):%-d %b %Y}")
    later = (before + timedelta(days=30)).replace(second=0, microsecond=0)
    await page.get_by_role("button", name="Go to a date and time").click()
    await page.get_by_label("Go to", exact=True).fill(f"{later:%Y-%m-%dT%H:%M}")
    await page.get_by_role("button", name="Move the clock").click()
    await expect(page.locator("#now")).to_contain_text(f"{later:%-d %b %Y, %H:%M}")
    assert telegram.simulator.clock.now() - later < timedelta(minutes=1)


async def test_the_page_shows_how_far_a_slow_clock_has_come(chromium: Browser) -> None:
    time = datetime(2026, 1, 1, tzinfo=UTC)
    arrive = asyncio.Event()

    async def advance(by: timedelta) -> None:
        nonlocal time
        time += by / 2
        telegram.add_user("Somebody meanwhile")
        await arrive.wait()
        time += by / 2

    async with running_simulator(clock=lambda: time, advance=advance) as telegram:
        page = await chromium.new_page(base_url=telegram.url)
        await page.goto("/")
        await page.get_by_role("button", name="+1 h").click()
        progress = page.get_by_role("progressbar")
        await expect(progress).to_have_attribute("value", re.compile(r"0\.5\d*"))
        await expect(page.get_by_role("button", name="+1 day")).to_be_disabled()
        arrive.set()
        await expect(progress).to_be_hidden()
        await expect(page.locator("#now")).to_contain_text("01:00")
        await page.close()


async def test_telegram_is_made_to_fail_and_to_work_again(
    page: Page, telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    await page.goto("/")
    await page.get_by_role("button", name="Make Telegram fail").click()
    await page.get_by_label("sendMessage").check()
    await page.get_by_label("Others").fill("sendVoice, getFile")
    await page.get_by_label("How often").fill("2")
    await page.get_by_role("button", name="Start failing").click()
    banner = page.locator("#failure")
    await expect(banner).to_contain_text(
        "refuses sendMessage, sendVoice, getFile with 429, too many requests, "
        "retry after 5 s, 2 more times."
    )
    failure = telegram.simulator.failures.current
    assert (failure.mode, failure.count, failure.retry_after) == ("429", 2, 5)
    await page.get_by_role("button", name="End it").click()
    await expect(banner).to_be_empty()
    await bot.send_message(amal.id, "Works again")
    await Handset(page, amal).sees("Works again")


async def test_the_page_says_when_the_simulator_is_gone(chromium: Browser) -> None:
    async with running_simulator() as telegram:
        page = await chromium.new_page(base_url=telegram.url)
        await page.goto("/")
        await expect(page.locator("#now")).not_to_be_empty()
    await expect(page.locator("#lost")).to_contain_text("doesn't answer")
    await page.close()
