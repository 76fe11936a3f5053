"""The connection is gone, as in a tunnel, while somebody is writing."""

import pytest
from playwright.async_api import Browser, expect

from storage.kinds import Role
from tests.console.looks import DESK, window
from tests.console.office import Office

WORDS = "I am on my way to you"


@pytest.mark.parametrize("by_keyboard", [False, True])
async def test_what_is_sent_without_a_connection_stays_where_it_was_typed_and_goes_later(
    office: Office, chromium: Browser, by_keyboard: bool
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Where are you?")
    async with office.browser_of(me) as browser:
        await browser.post(f"/cases/{case.id}/claim")
    async with window(chromium, office, me, "light", DESK) as page:
        await page.goto(f"/cases/{case.id}")
        field = page.locator("form[action$='/write'] textarea")
        await field.fill(WORDS)
        await page.context.set_offline(True)
        if by_keyboard:
            await page.keyboard.press("Control+Enter")
        else:
            await page.get_by_role("button", name="Send to their phone").click()
        said = page.get_by_text("There is no connection just now")
        await expect(said).to_be_in_viewport()
        await expect(field).to_have_value(WORDS)
        await page.context.set_offline(False)
        await expect(said).to_be_hidden()
        await page.get_by_role("button", name="Send to their phone").click()
        await expect(page.locator("#talk")).to_contain_text(WORDS)


async def test_a_browser_that_wrongly_takes_itself_for_offline_sends_all_the_same(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Where are you?")
    async with window(chromium, office, me, "light", DESK) as page:
        await page.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })"
        )
        await page.goto(f"/cases/{case.id}")
        await page.get_by_role("button", name="Claim this case").click()
        await expect(page.get_by_text("This case is yours")).to_be_visible()
