"""The bar of places: one row on a phone, all of them at a desk, whoever reads it in whatever
language.
"""

import pytest
from playwright.async_api import Browser, Page, expect

from domain.staff import speak
from locales.catalogues import LANGUAGES
from storage.kinds import Role
from storage.sessions import SERVICE
from tests.console.keyboard import Hands
from tests.console.looks import DESK, PHONE, window
from tests.console.office import Office

_ROWS = """() => {
  const inRow = [...document.querySelectorAll(".places > a, .places > button")]
    .filter(node => node.checkVisibility());
  const around = inRow.map(node => node.getBoundingClientRect());
  const words = inRow.map(node => {
    const range = document.createRange();
    range.selectNode([...node.childNodes].find(each => each.nodeType === 3 && each.data.trim()));
    return range.getBoundingClientRect();
  }).sort((one, other) => one.left - other.left);
  return {
    sideways: document.documentElement.scrollWidth > innerWidth,
    tops: [...new Set(around.map(({ top }) => Math.round(top)))].length,
    beside: around.filter(({ left, right }) => left < 0 || right > innerWidth).length,
    narrow: around.filter(({ width, height }) => Math.min(width, height) < 44).length,
    // Which would be read as one word.
    joined: words.filter(({ left }, place) => place && left - words[place - 1].right < 3).length,
    broken: inRow.filter(node => node.scrollWidth > node.clientWidth + 1).length,
  };
}"""


async def test_the_bar_of_whoever_has_most_places_is_one_row_in_every_language(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.SUPERVISOR)
    async with window(chromium, office, me, "light", PHONE) as page:
        for language in LANGUAGES:
            async with office.database.begin(SERVICE) as session:
                await speak(session, me.actor.staff_id, language)
            await page.goto("/queue")
            rows = await page.evaluate(_ROWS)
            wrong = ("sideways", "beside", "narrow", "joined", "broken")
            assert rows == {"tops": 1, **dict.fromkeys(wrong, 0)}, language


@pytest.mark.parametrize("role", list(Role))
async def test_every_place_is_reached_by_keys_on_a_phone_and_at_a_desk(
    office: Office, chromium: Browser, role: Role
) -> None:
    me = await office.colleague(role)
    seen: list[list[str]] = []
    for width in (PHONE, DESK):
        async with window(chromium, office, me, "light", width) as page:
            await page.goto("/rota")
            await unfold(page, phone=width == PHONE)
            places = page.locator(".places a")
            for place in await places.all():
                await expect(place).to_be_visible()
            seen.append(await places.evaluate_all("places => places.map(({ href }) => href)"))
            await Hands(page).go(places.last)
            await expect(page.locator("h1")).to_be_visible()
    assert seen[0] == seen[1]


async def unfold(page: Page, *, phone: bool) -> None:
    more = page.get_by_role("button", name="More")
    if not phone:
        await expect(more).to_be_hidden()
    elif await more.count():
        hidden = page.locator(".others a").first
        await expect(hidden).to_be_hidden()
        hands = Hands(page)
        await hands.press(more)
        await expect(hidden).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(hidden).to_be_hidden()
        await hands.press(more)
