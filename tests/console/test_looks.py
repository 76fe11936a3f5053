"""How the console looks to those who can't see it well, on a phone, at night, right to left."""

import pytest
from playwright.async_api import Browser, expect

from domain.casework import work
from storage.kinds import Role
from tests.console.looks import DESK, PHONE, Scheme, barriers, busy, crowded, squeezed, window
from tests.console.office import Office


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.COORDINATOR])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_shuts_anybody_out(
    office: Office, chromium: Browser, scheme: Scheme, role: Role
) -> None:
    me, paths = await busy(office, role, "en")
    async with window(chromium, office, me, scheme, DESK) as page:
        for path in paths:
            await page.goto(path)
            assert await barriers(page) == [], path
    async with window(chromium, office, None, scheme, PHONE) as page:
        await page.goto("/sign-in")
        assert await barriers(page) == []


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.COORDINATOR])
async def test_every_page_fits_a_small_phone_in_either_direction(
    office: Office, chromium: Browser, role: Role, language: str, direction: str
) -> None:
    me, paths = await busy(office, role, language)
    async with window(chromium, office, me, "light", PHONE) as page:
        for path in paths:
            await page.goto(path)
            assert await page.locator("html").get_attribute("dir") == direction
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE, path
            assert await crowded(page) == [], path


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.COORDINATOR])
async def test_every_page_fits_a_phone_whose_letters_are_half_as_large_again(
    office: Office, chromium: Browser, role: Role
) -> None:
    """Everything is measured in letters, so that it is one of two thirds the width."""
    me, paths = await busy(office, role, "de")
    async with window(chromium, office, me, "light", 240) as page:
        for path in paths:
            await page.goto(path)
            await page.evaluate("document.querySelectorAll('details').forEach(n => n.open = true)")
            assert await page.evaluate("document.documentElement.scrollWidth") <= 240, path
            assert await squeezed(page) == [], path


async def test_every_place_is_reached_on_a_phone_whose_letters_are_twice_as_large(
    office: Office, chromium: Browser
) -> None:
    me, paths = await busy(office, Role.SUPERVISOR, "en")
    async with window(chromium, office, me, "light", 188) as page:
        for path in paths:
            await page.goto(path)
            await page.evaluate("document.querySelectorAll('details').forEach(n => n.open = true)")
            assert await page.evaluate("document.documentElement.scrollWidth") <= 188, path
        await page.get_by_role("button", name="More").click()
        await expect(page.get_by_role("link", name="Team")).to_be_in_viewport(ratio=1)


async def test_what_is_printed_says_nothing_of_what_the_team_has_still_to_do(
    office: Office, chromium: Browser
) -> None:
    """Cards are handed to people, and the sheet of a year to whoever pays."""
    me, _ = await busy(office, Role.COORDINATOR, "en")
    async with window(chromium, office, me, "light", DESK) as page:
        for path in ("/invites", "/figures/year"):
            await page.emulate_media(media="screen")
            await page.goto(path)
            told = page.get_by_text("people are told that nobody is on duty")
            await expect(told).to_be_visible()
            await page.emulate_media(media="print")
            await expect(told).to_be_hidden()


@pytest.mark.parametrize("language", ["uk", "el", "it"])
async def test_lists_with_many_columns_fit_a_tablet_and_a_large_print(
    office: Office, chromium: Browser, language: str
) -> None:
    me, _ = await busy(office, Role.COORDINATOR, language)
    async with window(chromium, office, me, "light", DESK) as page:
        for path in ("/people", "/figures"):
            await page.goto(path)
            for width in (740, 800, 961):
                await page.set_viewport_size({"width": width, "height": 800})
                wide = await page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, path


@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_words_of_any_length_make_no_page_wider(
    office: Office, chromium: Browser, width: int
) -> None:
    """As a link that somebody passes on, or a name without a space."""
    link = f"https://example.org/{'x' * 400}"
    me = await office.colleague(Role.SUPERVISOR, "Wolfeschlegelsteinhausenbergerdorff" * 3)
    case = await office.case(await office.person(), f"He sent me this: {link}")
    async with office.database.begin(office.organisation.id) as session:
        await work.claim(session, me.actor, case.id)
        await work.note(session, me.actor, case.id, f"Seen {link}")
        await work.write(session, me.actor, case.id, link)
    async with window(chromium, office, me, "light", width) as page:
        for path in (f"/cases/{case.id}", "/queue", "/account"):
            await page.goto(path)
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, path


async def test_no_page_breaks_its_own_policy_or_its_scripts(
    office: Office, chromium: Browser
) -> None:
    me, paths = await busy(office, Role.SUPERVISOR, "en")
    async with window(chromium, office, me, "light", DESK) as page:
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type == "error" else None,
        )
        for path in paths:
            if path != "/nothing":
                await page.goto(path)
        assert complaints == []


async def test_the_queue_is_worked_from_the_keyboard(office: Office, chromium: Browser) -> None:
    me, _ = await busy(office, Role.CASEWORKER, "en")
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto("/queue")
        await page.keyboard.press("?")
        await page.get_by_role("dialog").wait_for()
        await page.keyboard.press("Escape")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/cases/*")
