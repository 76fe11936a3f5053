"""Cards on paper: what stands on each lies within it, whatever the bot is called."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser

from console.files.cards import invite_sheet
from domain.enrolment.invites import NewInvite

_NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
_WITHIN = """() => [...document.querySelectorAll("li")].every(card =>
    card.scrollWidth <= card.clientWidth &&
    [...card.children].every(each =>
        each.getBoundingClientRect().right <= card.getBoundingClientRect().right &&
        each.getBoundingClientRect().left >= card.getBoundingClientRect().left))"""


@pytest.mark.parametrize("language", ["uk", "ar"])
async def test_p14_the_emergency_number_lies_within_its_card_however_long_the_bots_name_is(
    chromium: Browser, language: str
) -> None:
    invites = [NewInvite(f"r-{number:016}", _NOW) for number in range(6)]
    sheet = invite_sheet(invites, "b" * 29 + "bot", "+212 522 33 44 55", _NOW, language=language)
    page = await chromium.new_page(viewport={"width": 703, "height": 1000})
    await page.emulate_media(media="print")
    await page.set_content(sheet)
    assert await page.evaluate(_WITHIN)
    lines = await page.evaluate(
        "() => document.querySelectorAll('code')[1].getClientRects().length"
    )
    assert lines == 1
    await page.close()
