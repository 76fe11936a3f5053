"""What somebody hears of a page who does not see it, or sees it in colours of their own."""

import asyncio
import re
from collections import Counter

import pytest
from playwright.async_api import Browser, Page, Route, expect

from domain.casework.work import claim, write
from domain.messages.body import Body, Correction
from domain.messages.keeping import change_body
from storage.kinds import Role, Severity
from tests.console.looks import DESK, PHONE, busy, window
from tests.console.office import Office


async def test_a_talk_says_who_speaks_and_in_which_language_the_person_does(
    office: Office,
) -> None:
    case = await office.case(await office.person("ar"), "أنا هنا", Severity.CONCERN)
    async with office.browser(Role.CASEWORKER) as browser:
        async with office.database.begin(office.organisation.id) as session:
            await claim(session, browser.actor, case.id)
            await write(session, browser.actor, case.id, "I am here")
        page = (await browser.get(f"/cases/{case.id}")).text
    (name,) = re.findall(r"<h1><bdi>(\w+)</bdi>", page)
    assert re.findall(
        r'<p class="unseen"><bdi>([^<]+)</bdi></p>\s*<p class="bubble" lang="(\w+)"', page
    ) == [
        (name, "ar"),
        ("Vera Hoxha", "en"),
    ]
    assert '<blockquote class="words" lang="ar" dir="auto"><bdi>أنا هنا' in page


@pytest.mark.parametrize(
    ("more", "read"),
    [
        (Body(service="shelter"), r'<p class="bubble" lang="(\w+)" dir="auto">Shelter'),
        (Body(corrections=[Correction(text="لا", at="")]), r'wrong: <bdi lang="(\w+)">لا'),
    ],
    ids=["the card of a service", "what they say is wrong"],
)
async def test_what_is_in_their_language_beside_words_of_ours_is_read_in_it(
    office: Office, more: Body, read: str
) -> None:
    case = await office.case(await office.person("ar"), "أنا هنا", Severity.CONCERN)
    async with office.browser(Role.CASEWORKER) as browser:
        async with office.database.begin(office.organisation.id) as session:
            await claim(session, browser.actor, case.id)
            ours = await write(session, browser.actor, case.id, "Shelter")
            await change_body(session, ours, {"text": "Shelter", **more})
        page = (await browser.get(f"/cases/{case.id}")).text
    assert re.findall(read, page) == ["ar"]


async def test_a_name_in_the_queue_is_read_with_how_grave_it_is_and_when_it_is_due(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    await office.case(await office.person(), "He waits", Severity.EMERGENCY)
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.goto("/queue")
        said = re.compile(r"^Emergency (Due in|Late by) \d")
        await expect(page.locator(".who")).to_have_accessible_description(said)


async def test_a_page_says_that_it_is_live_only_once_it_is(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    asked, may_go_on = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        asked.set()
        await may_go_on.wait()
        await route.continue_()

    async with window(chromium, office, me, "light", PHONE) as page:
        await page.route("**/queue/events", slowly)
        await page.goto("/queue")
        await asked.wait()
        await expect(page.locator("[data-sound]")).to_be_visible()
        await expect(page.get_by_text("Live", exact=True)).to_be_hidden()
        may_go_on.set()
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_with_colours_of_ones_own_one_still_sees_what_is_on_and_where_one_is(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with window(chromium, office, me, "light", DESK) as page:
        await page.emulate_media(forced_colors="active")
        await page.goto("/queue")
        sound = page.get_by_role("button", name="Sound")
        off = await sound.locator(".dot").screenshot()
        await sound.click()
        await page.mouse.move(0, 0)
        assert await sound.locator(".dot").screenshot() != off
        paints = "node => getComputedStyle(node).backgroundColor"
        here = await page.locator(".places [aria-current]").evaluate(paints)
        elsewhere = await page.locator(".places a:not([aria-current])").first.evaluate(paints)
        assert here != elsewhere


# Folds open: what is in them is to be read, too.
_UNTIED = """() => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  return [...document.querySelectorAll("form .hint")]
    .filter((hint) => hint.checkVisibility())
    .filter((hint) => !document.querySelector(`[aria-describedby~="${hint.id}"]`))
    .map((hint) => hint.textContent.trim());
}"""
_NAMES = """() => [...document.querySelectorAll("main button, main a.button")]
  .filter((each) => each.checkVisibility())
  .map((each) => each.textContent.trim().replace(/\\s+/g, " "))"""


async def same_names(page: Page) -> list[str]:
    names = Counter(await page.evaluate(_NAMES))
    return [name for name, times in names.items() if times > 1]


@pytest.mark.parametrize("path", ["/rota", "/account", "/campaigns/new"])
async def test_what_explains_a_field_or_a_button_is_read_with_it(
    office: Office, chromium: Browser, path: str
) -> None:
    me, _ = await busy(office, Role.COORDINATOR, "en")
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto(path)
        assert await page.evaluate(_UNTIED) == []


async def test_no_two_buttons_of_a_list_are_called_the_same(
    office: Office, chromium: Browser
) -> None:
    me, _ = await busy(office, Role.COORDINATOR, "en")
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto("/questionnaires")
        assert await same_names(page) == []
