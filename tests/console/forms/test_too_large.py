"""What is larger than it may be is said so beside its form, and what was typed stands there yet."""

from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from console.forms.limits import LARGEST, MOST_READ, TOO_LONG
from storage.kinds import Role
from tests.console.door.test_sign_in import client_of
from tests.console.looks import PHONE, window
from tests.console.office import Browser, Office


async def too_long(browser: Browser, page: str, words: str) -> httpx.Response:
    return await browser.client.post(
        f"{page}/note",
        data={"form_token": browser.form_token(), "note": words},
        headers={"Referer": f"{browser.client.base_url}{page}"},
    )


async def test_a_note_that_is_too_long_is_in_its_field_again_and_the_page_says_why(
    office: Office,
) -> None:
    case = await office.case(await office.person(), "Hello?")
    page, words = f"/cases/{case.id}", "Ë" * (LARGEST // 6 + 1)
    async with office.browser(Role.CASEWORKER) as browser:
        refused = await too_long(browser, page, words)
        assert refused.status_code == 413
        form = refused.text.partition(f'action="{page}/note"')[2].partition("</form>")[0]
        assert TOO_LONG in form
        assert f">{words}</textarea>" in form
        assert "default-src 'none'" in refused.headers["content-security-policy"]
        assert words not in (await browser.get(page)).text


@pytest.mark.parametrize("said", [True, False])
async def test_what_nobody_reads_to_its_end_is_answered_on_a_page_of_ours(
    office: Office, said: bool
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MOST_READ // 65536 + 1):
            yield (b"x" * 65535 + b"&")

    length = {"Content-Length": str(65536 * (MOST_READ // 65536 + 1))} if said else {}
    async with office.browser(Role.CASEWORKER) as browser, client_of(office) as stranger:
        for client, path in ((browser.client, "/duty"), (stranger, "/sign-in")):
            kind = {"Content-Type": "application/x-www-form-urlencoded", **length}
            refused = await client.post(path, content=pieces(), headers=kind)
            assert refused.status_code == 413
            assert TOO_LONG in refused.text
            assert "default-src 'none'" in refused.headers["content-security-policy"]


@pytest.mark.parametrize("megabytes", [3, 20])
async def test_a_file_that_is_too_large_is_said_to_be_so_beside_its_form(
    office: Office, chromium: Chromium, megabytes: int
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.goto("/questionnaires")
        file = page.locator("input[type=file]")
        await file.set_input_files(
            {"name": "form.xlsx", "mimeType": "", "buffer": b"x" * megabytes * 2**20}
        )
        await file.evaluate("field => field.form.requestSubmit()")
        await expect(page.get_by_role("alert")).to_have_text(
            "The file is larger than two megabytes."
        )
