from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from playwright.async_api import Browser, Page, Request

from tests.simulator.page.small_bot import small_bot
from tests.simulator_server import RunningSimulator


@pytest.fixture
async def page(chromium: Browser, telegram: RunningSimulator) -> AsyncIterator[Page]:
    """The page of the phones. It complains of nothing, and asks nobody but the simulator."""
    context = await chromium.new_context(
        base_url=telegram.url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def judge(request: Request) -> None:
        if not request.url.startswith((telegram.url, "blob:")):
            complaints.append(request.url)

    page.on("request", judge)
    yield page
    await context.close()
    assert complaints == []


@pytest.fixture
async def talkative(bot: Bot) -> AsyncIterator[Bot]:
    """The bot while it answers."""
    async with small_bot(bot):
        yield bot
