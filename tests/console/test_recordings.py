"""A worker's own voice, from the case's page to the phone."""

import re

import httpx
import pytest
from aiogram.methods import SendVoice
from playwright.async_api import Browser as Chromium
from playwright.async_api import Dialog, expect
from sqlalchemy import select, update

from console.cookies import SESSION
from domain.replies.recordings import LARGEST, kind_of_sound, playable
from storage.kinds import Discretion, Role
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.bot.outgoing import worded
from tests.console.desk import at_their_case, claimed, closes, desk
from tests.console.forms.signing_out import signs_in_anew
from tests.console.office import PATIENCE, Browser, Office
from tests.domain.media.samples import PLACE, film

OGG = b"OggS" + b"\0" * 24 + b"OpusHead" + b"\1" * 200
M4A = b"\0\0\0\x20ftypM4A " + b"\2" * 100


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (OGG, "ogg"),
        (M4A, "m4a"),
        (b"ID3\4" + b"\0" * 50, "mp3"),
        (b"\xff\xfb\x90\x00", "mp3"),
        (b"", None),
        (b"OggS" + b"\0" * 200, None),
        (b"<script>alert(1)</script>", None),
        (b"\xff\xd8\xff\xe0 a picture", None),
    ],
)
def test_what_is_sound_is_known_by_what_it_holds(data: bytes, kind: str | None) -> None:
    assert kind_of_sound(data) == kind


def test_a_workers_recording_tells_nobody_in_which_street_it_was_made() -> None:
    assert PLACE in film(b"M4A ")
    assert PLACE not in playable(film(b"M4A "))


async def records(browser: Browser, path: str, data: bytes = OGG) -> httpx.Response:
    return await browser.client.post(
        f"{path}/recording",
        data={"form_token": browser.form_token()},
        files={"recording": ("note.ogg", data, "audio/ogg")},
    )


async def recorded(browser: Browser, path: str) -> str:
    """Where the page plays it from."""
    await records(browser, path)
    (source,) = re.findall(r'<audio controls[^>]* src="([^"]+)"', (await browser.get(path)).text)
    return str(source)


async def test_a_workers_voice_goes_out_as_a_voice_note_and_is_played_in_the_page(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        assert (await records(browser, path)).status_code == 303
        page = (await browser.get(path)).text
        (source,) = re.findall(r'<audio controls[^>]* src="([^"]+)"', page)
        played = await browser.get(source)
        assert (played.content, played.headers["content-type"]) == (OGG, "audio/ogg")
    async with office.database.begin(SERVICE) as session:
        row = (await session.scalars(select(OutboxRow).order_by(OutboxRow.number))).all()[-1]
        (call,) = (await worded(session, row)).calls
        assert isinstance(call, SendVoice)
        assert call.caption == "✉️ Një njeri nga ekipi ynë:"


async def test_p4_no_voice_sounds_on_a_phone_that_others_began_to_read_meanwhile(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        await records(browser, path)
        for guarded in (
            {"shared_phone": True},
            {"shared_phone": False, "discretion": Discretion.DISCREET},
        ):
            async with office.database.begin(SERVICE) as session:
                await session.execute(update(Returnee).values(**guarded))
            async with office.database.begin(SERVICE) as session:
                rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.number))
                (call,) = (await worded(session, rows.all()[-1])).calls
                assert not isinstance(call, SendVoice)
            refused = await records(browser, path)
            assert (refused.status_code, "write words instead" in refused.text) == (409, True)
            assert '/recording"' not in (await browser.get(path)).text


@pytest.mark.parametrize(
    "data",
    [b"", b"<script>alert(1)</script>", b"\x1aE\xdf\xa3 webm", OGG + b"\0" * LARGEST * 3],
)
async def test_what_is_no_short_recording_is_refused(office: Office, data: bytes) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        assert (await records(browser, path, data)).status_code == 409
        assert "take-back" not in (await browser.get(path)).text


async def test_a_recording_that_is_too_long_is_said_to_be_so_before_it_is_sent(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        await page.get_by_text("Your own voice").click()
        chosen = page.get_by_label("Record, or choose a recording")
        for data, why in ((OGG + b"\0" * LARGEST, "two minutes"), (OGG, "")):
            await chosen.set_input_files(
                {"name": "voice.ogg", "mimeType": "audio/ogg", "buffer": data}
            )
            said: str = await chosen.evaluate("field => field.validationMessage")
            assert (why in said, bool(said)) == (True, bool(why))
        await page.get_by_role("button", name="Send this recording").click()
        await expect(page.get_by_role("button", name="Take back")).to_be_visible()


async def test_a_voice_is_recorded_in_the_page_heard_there_sent_and_taken_back(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        await page.get_by_text("Your own voice").focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Record your voice").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("timer")).to_have_text("0:01")
        await page.keyboard.press("Space")
        await expect(page.get_by_text("Listen to it before you send it")).to_be_visible()
        heard = page.get_by_label("What you recorded")
        await expect(heard).to_have_attribute("src", re.compile("blob:"))
        await heard.evaluate("audio => audio.play()")
        await page.get_by_role("button", name="Send this recording").press("Enter")
        played = page.locator("#talk audio")
        # Another reader than ours: the browser's own.
        seconds = await played.evaluate(
            """async audio => {
                const sound = await (await fetch(audio.src)).arrayBuffer();
                const kind = new TextDecoder().decode(sound.slice(0, 4));
                const { duration } = await new AudioContext().decodeAudioData(sound);
                return [kind, duration];
            }"""
        )
        assert seconds[0] == "OggS"
        assert 0.5 < seconds[1] < PATIENCE
        await page.get_by_role("button", name="Take back").press("Enter")
        await expect(played).to_have_count(0)


async def test_the_microphone_is_for_a_case_of_ones_own_alone(
    office: Office, chromium: Chromium
) -> None:
    vera = await office.colleague(Role.CASEWORKER)
    async with office.browser_of(vera) as browser:
        path = await claimed(office, browser)
        other = await office.case(await office.person(), "Hello?")
        allowed = {
            where: "microphone=(self)" in (await browser.get(where)).headers["permissions-policy"]
            for where in (path, f"/cases/{other.id}", "/queue")
        }
    assert allowed == {path: True, f"/cases/{other.id}": False, "/queue": False}
    async with desk(chromium, office, vera) as page:
        await page.goto("/queue")
        asked = await page.evaluate(
            "navigator.mediaDevices.getUserMedia({audio: true}).catch(error => error.name)"
        )
        assert asked == "NotAllowedError"


async def test_p10_a_colleagues_voice_in_a_closed_case_is_heard_only_with_a_reason(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        source = await recorded(browser, path)
        await closes(browser, path)
    async with office.browser(Role.CASEWORKER) as browser:
        assert (await browser.get(source)).status_code == 409
        await browser.post(f"{path}/open", reason="She called the office")
        assert (await browser.get(source)).content == OGG


@pytest.mark.parametrize(
    ("asked", "status", "part", "where"),
    [
        ("bytes=0-1", 206, OGG[:2], f"bytes 0-1/{len(OGG)}"),
        ("bytes=0-", 206, OGG, f"bytes 0-{len(OGG) - 1}/{len(OGG)}"),
        ("bytes=28-35", 206, b"OpusHead", f"bytes 28-35/{len(OGG)}"),
        (f"Bytes=30-{10**15}", 206, OGG[30:], f"bytes 30-{len(OGG) - 1}/{len(OGG)}"),
        ("bytes=-3", 206, OGG[-3:], f"bytes {len(OGG) - 3}-{len(OGG) - 1}/{len(OGG)}"),
        ("bytes=-9999", 206, OGG, f"bytes 0-{len(OGG) - 1}/{len(OGG)}"),
        (f"bytes={len(OGG)}-", 416, b"", f"bytes */{len(OGG)}"),
        ("bytes=-0", 416, b"", f"bytes */{len(OGG)}"),
        # Several parts, another unit, and what is no range: the whole.
        *(
            (each, 200, OGG, None)
            for each in ("bytes=0-1,4-5", "lines=0-1", "bytes=5-4", "bytes=-")
        ),
    ],
)
async def test_a_player_is_sent_the_part_that_it_asks_for(
    office: Office, asked: str, status: int, part: bytes, where: str | None
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        source = await recorded(browser, path)
        sent = await browser.client.get(source, headers={"Range": asked})
        assert (sent.status_code, sent.content) == (status, part)
        assert sent.headers.get("content-range") == where
        if status != 416:
            assert (sent.headers["content-type"], sent.headers["accept-ranges"]) == (
                "audio/ogg",
                "bytes",
            )
        named = {"Range": asked, "If-Range": '"of yesterday"'}
        assert (await browser.client.get(source, headers=named)).content == OGG


async def test_a_recording_is_kept_in_the_page_until_it_is_taken(
    office: Office, chromium: Chromium
) -> None:
    vera = await office.colleague(Role.CASEWORKER)
    async with office.browser_of(vera) as browser:
        path = await claimed(office, browser)
    async with desk(chromium, office, vera) as page:
        await page.goto(path)
        await page.locator("#words").fill("And these words")
        await page.get_by_text("Your own voice").click()
        chosen = page.get_by_label("Record, or choose a recording")
        await chosen.set_input_files({"name": "voice.ogg", "mimeType": "audio/ogg", "buffer": OGG})
        send = page.get_by_role("button", name="Send this recording")
        news = page.locator("[data-voice-news]")

        # The connection breaks, as on a train.
        await page.context.set_offline(True)
        await send.click()
        await expect(news).to_have_text(re.compile("your recording is still here"))
        await page.context.set_offline(False)
        # The shift is over, and with it the session.
        cookie = await signs_in_anew(office, vera)
        await send.click()
        await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
        await expect(news).to_have_text(re.compile("your recording is still here"))
        # They sign in anew beside it, and send it from the page that has it.
        url = office.settings.public_url
        await page.context.add_cookies([{"name": SESSION, "value": cookie, "url": url}])
        await send.click()
        await expect(news).to_have_text(re.compile("You signed in anew meanwhile"))
        await send.click()
        await expect(page.locator("#talk audio")).to_have_count(1)
        await expect(page.get_by_text("you can take them back")).to_be_visible()
        await expect(page.locator("#words")).to_have_value("And these words")


async def test_a_recording_that_is_refused_says_why_beside_it(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        await page.get_by_text("Your own voice").click()
        chosen = page.get_by_label("Record, or choose a recording")
        await chosen.set_input_files({"name": "a.ogg", "mimeType": "audio/ogg", "buffer": b"words"})
        await page.get_by_role("button", name="Send this recording").click()
        await expect(page.locator("[data-voice-news]")).to_have_text(
            re.compile("no recording that Telegram plays")
        )
        assert await chosen.evaluate("field => field.files.length") == 1


async def test_whoever_sends_while_they_still_record_hears_it_first(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        await page.get_by_text("Your own voice").click()
        await page.get_by_role("button", name="Record your voice").click()
        await expect(page.get_by_role("timer")).to_have_text("0:01")
        send = page.get_by_role("button", name="Send this recording")
        await send.click()
        await expect(page.get_by_text("Listen to it before you send it")).to_be_visible()
        await expect(page.get_by_label("What you recorded")).to_be_visible()
        await send.click()
        await expect(page.locator("#talk audio")).to_have_count(1)


async def test_p1_a_recording_is_not_left_behind_without_a_question(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        asked = []

        async def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            await dialog.dismiss()

        page.on("dialog", stay)
        await page.get_by_text("Your own voice").click()
        chosen = page.get_by_label("Record, or choose a recording")
        await chosen.set_input_files({"name": "v.ogg", "mimeType": "audio/ogg", "buffer": OGG})
        case = page.url
        async with page.expect_event("dialog"):
            await page.get_by_role("link", name="Queue").first.click(no_wait_after=True)
        assert asked == ["beforeunload"]
        assert page.url == case
        await page.get_by_role("button", name="Send this recording").click()
        await expect(page.get_by_role("button", name="Take back")).to_be_visible()
        await page.get_by_role("link", name="Queue").first.click()
        await page.wait_for_url("**/queue")
        assert asked == ["beforeunload"]
