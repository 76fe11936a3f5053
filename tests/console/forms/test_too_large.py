"""What is larger than it may be is said so beside its form, and what was typed stands there yet."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from console.app import create_console
from console.forms.limits import LARGEST, MOST_READ, TOO_LONG
from domain.pathways import reading as pathways
from domain.questionnaires.forms import workbook
from domain.replies import recordings
from storage.kinds import Role
from tests.console.desk import claimed
from tests.console.door.signing_in import client_of
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


async def in_pieces(browser: Browser, path: str, field: str, size: int) -> httpx.Response:
    """A form with a file, of which nobody says how long it is."""
    form = browser.client.build_request(
        "POST",
        path,
        data={"form_token": browser.form_token()},
        files={field: ("file", b"x" * size)},
    )
    body = form.read()

    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(body), 2**16):
            yield body[begin : begin + 2**16]

    kind = {"Content-Type": form.headers["content-type"]}
    return await browser.client.post(path, content=pieces(), headers=kind)


@pytest.mark.parametrize(
    ("role", "page", "field", "largest", "why"),
    [
        (Role.COORDINATOR, "/questionnaires", "file", workbook.LARGEST, workbook.TOO_LARGE),
        (Role.COORDINATOR, "/pathways", "file", pathways.LARGEST, pathways.TOO_LARGE),
        (Role.CASEWORKER, "recording", "recording", recordings.LARGEST, recordings.TOO_LONG),
        # Beyond that, nothing is read at all.
        (Role.COORDINATOR, "/questionnaires", "file", MOST_READ, TOO_LONG),
    ],
)
async def test_a_file_whose_length_nobody_said_may_be_no_larger_than_any(
    office: Office, role: Role, page: str, field: str, largest: int, why: str
) -> None:
    async with office.browser(role) as browser:
        if page == "recording":
            page = f"{await claimed(office, browser)}/recording"
        refused = await in_pieces(browser, page, field, largest + 1)
        assert why in refused.text


async def test_nobody_who_is_not_signed_in_makes_us_read_a_file(office: Office) -> None:
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(10):
            read += 1
            yield b"x" * 2**16

    transport = httpx.ASGITransport(create_console(office.database, office.settings))
    origin = {"Origin": office.settings.origin, "Content-Type": "multipart/form-data; boundary=x"}
    async with httpx.AsyncClient(
        transport=transport, base_url=office.settings.public_url, headers=origin
    ) as stranger:
        for page in ("/questionnaires", "/pathways", f"/cases/{uuid4()}/recording"):
            answer = await stranger.post(page, content=pieces())
            assert (answer.status_code, read) == (303, 0)
