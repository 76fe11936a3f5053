"""Single keys on the queue: under a hand of any script, and silent for whoever wants none."""

import pytest
from playwright.async_api import Browser, Page, expect

from storage.kinds import Role, Severity
from tests.console.looks import DESK, barriers, window
from tests.console.office import Office

_LIVE = "[data-live].connected"
_FOR_HOW_LONG = "Turned off, they stay so until you sign out."


async def pressed(page: Page, key: str, code: str, **held: bool) -> None:
    """As a keyboard of another script says it."""
    await page.evaluate(
        """(pressed) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { ...pressed, bubbles: true }))""",
        {"key": key, "code": code, **held},
    )


@pytest.mark.parametrize("next_one", ["о", "ت", "ξ"], ids=["Russian", "Arabic", "Greek"])
async def test_keys_stand_where_they_stand_on_a_keyboard_of_another_script(
    office: Office, chromium: Browser, next_one: str
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Hello?", Severity.CONCERN)
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto("/queue")
        await expect(page.locator(_LIVE)).to_be_visible()
        await pressed(page, "é", "KeyJ")
        await expect(page.locator("body")).to_be_focused()
        await pressed(page, next_one, "KeyJ")
        await expect(page.locator(".who")).to_be_focused()
        await pressed(page, "؟", "Slash", shiftKey=True)
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.locator(".who").focus()
        await pressed(page, "с", "KeyC")
        await page.wait_for_url(f"**/cases/{case.id}")


@pytest.mark.parametrize(
    ("sign", "held"),
    [("©", {}), ("¢", {}), ("С", {"shiftKey": True}), ("с", {"modifierAltGraph": True})],
    ids=["a sign", "another sign", "a capital letter", "a key's third sign"],
)
async def test_no_other_sign_of_the_key_that_claims_does(
    office: Office, chromium: Browser, sign: str, held: dict[str, bool]
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    await office.case(await office.person(), "Hello?", Severity.CONCERN)
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto("/queue")
        await expect(page.locator(_LIVE)).to_be_visible()
        await page.locator(".who").focus()
        await pressed(page, sign, "KeyC", **held)
        await expect(page.locator("[data-case] form")).not_to_have_attribute("data-sent", "yes")
        await expect(page.locator(".who")).to_be_focused()


async def test_whoever_turns_single_keys_off_claims_nobody_by_a_slip_from_then_on(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    await office.case(await office.person(), "He waits at the door", Severity.EMERGENCY)
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto("/queue")
        await page.get_by_role("button", name="Keys").click()
        assert await barriers(page) == []
        switch = page.get_by_role("checkbox", name="Single keys do this here")
        await expect(switch).to_have_accessible_description(_FOR_HOW_LONG)
        await switch.uncheck()
        await page.get_by_role("button", name="Close").click()
        await page.goto("/queue")
        await expect(page.locator(_LIVE)).to_be_visible()
        await page.locator(".who").focus()
        for key in ("c", "/", "?"):
            await page.keyboard.press(key)
        await expect(page.locator(".who")).to_be_focused()
        await page.get_by_role("button", name="Keys").click()
        await switch.check()
        await page.get_by_role("button", name="Close").click()
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_be_visible()


async def test_the_list_of_keys_closes_as_often_as_it_opens(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto("/queue")
        for _ in range(2):
            await page.get_by_role("button", name="Keys").click()
            await page.get_by_role("button", name="Close").click()
            assert await page.get_by_role("dialog").count() == 0
