"""P14: what somebody sent tells nobody where it was made, or says first that it may."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from storage.kinds import MessageKind, Role, Severity
from tests.console.conftest import Telegram
from tests.console.desk import closes, desk
from tests.console.office import Browser, Office
from tests.domain.media.samples import PLACE, film, jpeg, png, still

PAPERS = b"%PDF-1.7 /Author (Amal) /GPS " + PLACE


async def sent(office: Office, kind: MessageKind) -> str:
    """The page of the case in which it lies."""
    case = await office.case(await office.person(), "it", Severity.URGENT, f"unread.{kind}", kind)
    return f"/cases/{case.id}"


async def way_to_it(browser: Browser, path: str) -> str:
    shown = await page(browser, path)
    source: str
    [source] = set(re.findall(r'(?:href|src)="(/cases/[^"]+/recordings/[^"]+)"', shown))
    return source


async def page(browser: Browser, path: str) -> str:
    return (await browser.get(path)).text


async def is_unheard(browser: Browser, path: str) -> bool:
    return "Nobody has heard this yet" in await page(browser, path)


@pytest.mark.parametrize(
    ("data", "ending"), [(jpeg(), "jpg"), (png(), "png"), (still(), "heic"), (film(), "mov")]
)
async def test_p14_a_picture_sent_as_a_file_is_saved_without_where_it_was_taken(
    office: Office, telegram: Telegram, data: bytes, ending: str
) -> None:
    telegram.files["it"] = data
    path = await sent(office, MessageKind.DOCUMENT)
    async with office.browser(Role.CASEWORKER) as browser:
        saved = await browser.get(await way_to_it(browser, path))
        assert saved.headers["content-disposition"] == (
            f'attachment; filename="from-the-person.{ending}"'
        )
        assert PLACE[:12] not in saved.content
        assert not await is_unheard(browser, path)


@pytest.mark.parametrize("data", [PAPERS, film()[:200], b"PK\3\4 letter.docx"])
async def test_p14_what_cannot_be_freed_of_it_says_so_before_it_is_saved(
    office: Office, telegram: Telegram, data: bytes
) -> None:
    telegram.files["it"] = data
    path = await sent(office, MessageKind.DOCUMENT)
    async with office.browser(Role.CASEWORKER) as browser:
        source = await way_to_it(browser, path)
        asked = await browser.get(source)
        assert "This file may tell where somebody is" in asked.text
        assert await is_unheard(browser, path)
        [anyway] = re.findall(rf'href="({re.escape(source)}\?[^"]+)"', asked.text)
        saved = await browser.get(anyway)
        assert saved.content == data
        assert "attachment" in saved.headers["content-disposition"]
        assert not await is_unheard(browser, path)


@pytest.mark.parametrize(
    ("kind", "data", "shown_as"),
    [
        (MessageKind.PHOTO, jpeg(), "image/jpeg"),
        (MessageKind.PHOTO, film(b"isom"), "video/mp4"),
        (MessageKind.VOICE, film(b"M4A "), "audio/mp4"),
        (MessageKind.VOICE, b"ID3\4 sound", "audio/mpeg"),
        (MessageKind.VOICE, b"#!AMR sound", "audio/ogg"),
    ],
)
async def test_p1_a_browser_is_told_what_it_gets_so_that_it_shows_it(
    office: Office, telegram: Telegram, kind: MessageKind, data: bytes, shown_as: str
) -> None:
    telegram.files["it"] = data
    path = await sent(office, kind)
    async with office.browser(Role.CASEWORKER) as browser:
        source = await way_to_it(browser, path)
        shown = await browser.get(source)
        assert shown.headers["content-type"] == shown_as
        assert "content-disposition" not in shown.headers
        assert PLACE[:12] not in shown.content
        part = await browser.client.get(source, headers={"Range": "bytes=2-5"})
        assert (part.status_code, part.content) == (206, shown.content[2:6])


async def test_what_telegram_never_hands_over_is_asked_about_and_the_case_can_be_closed(
    office: Office, telegram: Telegram
) -> None:
    telegram.gone.add("it")
    path = await sent(office, MessageKind.VOICE)
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"{path}/claim")
        source = await way_to_it(browser, path)
        told = await browser.get(source)
        assert "Ask the person what it was" in told.text
        assert await is_unheard(browser, path)
        [asked] = re.findall(rf'href="({re.escape(source)}\?[^"]+)"', told.text)
        assert (await browser.get(asked)).headers["location"] == path
        assert not await is_unheard(browser, path)
        closed = await closes(browser, path)
        assert closed.headers["location"] == "/queue"


async def test_p1_nobody_says_that_they_asked_while_it_can_be_heard(
    office: Office, telegram: Telegram
) -> None:
    path = await sent(office, MessageKind.VOICE)
    async with office.browser(Role.CASEWORKER) as browser:
        source = await way_to_it(browser, path)
        assert (await browser.get(source, asked="yes")).status_code == 409
        assert await is_unheard(browser, path)
        telegram.files["it"] = b"OggS"
        assert (await browser.get(source, asked="yes")).content == b"OggS"


@pytest.mark.parametrize("asked", ["", "?knowing=yes", "?asked=yes"])
@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        # A link in Telegram, say.
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Referer": "{here}/queue"}, False),
        ({}, False),
        ({"Referer": "https://elsewhere.example/{here}/queue"}, False),
        # An older browser, and each without https.
        ({"Referer": "{here}/queue"}, True),
    ],
)
async def test_p1_a_link_from_elsewhere_makes_nobody_hear_what_they_never_heard(
    office: Office, telegram: Telegram, said: dict[str, str], counts: bool, asked: str
) -> None:
    telegram.files["it"] = PAPERS if asked == "?knowing=yes" else b"OggS"
    if asked == "?asked=yes":
        telegram.gone.add("it")
    path = await sent(
        office, MessageKind.DOCUMENT if asked == "?knowing=yes" else MessageKind.VOICE
    )
    async with office.browser(Role.CASEWORKER) as browser:
        source = await way_to_it(browser, path)
        del browser.client.headers["Sec-Fetch-Site"]
        headers = {name: value.format(here=office.settings.origin) for name, value in said.items()}
        answer = await browser.client.get(f"{source}{asked}", headers=headers)
        if not counts:
            assert (answer.status_code, answer.headers["location"]) == (303, path)
        assert await is_unheard(browser, path) is not counts


async def test_p1_a_voice_counts_as_heard_in_a_browser_that_plays_it_and_by_no_foreign_link(
    office: Office, telegram: Telegram, chromium: Chromium
) -> None:
    telegram.files["it"] = b"OggS"
    path = await sent(office, MessageKind.VOICE)
    me = await office.colleague(Role.CASEWORKER)
    async with office.browser_of(me) as browser, desk(chromium, office, me) as page:
        source = await way_to_it(browser, path)
        link = f'<a href="{office.settings.public_url}{source}">Look</a>'
        await page.route(
            "https://elsewhere.example/",
            lambda route: route.fulfill(body=link, content_type="text/html"),
        )
        await page.goto("https://elsewhere.example/")
        await page.get_by_text("Look").click()
        await expect(page.get_by_text("Nobody has heard this yet")).to_be_visible()
        assert urlsplit(page.url).path == path
        async with page.expect_response(f"**{source}") as played:
            await page.locator("audio").first.evaluate("audio => { audio.play().catch(() => 0) }")
        assert (await (await played.value).body()) == b"OggS"
        assert not await is_unheard(browser, path)
