"""How the page looks and feels: directions, files, places to scroll, small screens, foul words."""

import struct
import zlib

import pytest
from aiogram import Bot
from aiogram.types import BotCommand, BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import FilePayload, Page, expect

from simulator.memory.users import User
from tests.simulator.page.handset import Handset
from tests.simulator_server import RunningSimulator

FOUL = '<img src="/x" onerror="window.harm = 1"><b>&amp;</b>'
NO_MICROPHONE = "delete Navigator.prototype.mediaDevices"
SILENT_MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () =>
  new AudioContext().createMediaStreamDestination().stream;
"""


def picture() -> bytes:
    """A single pixel, as PNG."""

    def part(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\x0a\x65\x5d")
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", pixel) + part(b"IEND", b"")


async def direction(phone: Handset, words: str) -> str:
    text = phone.message(words).locator(".words")
    return str(await text.evaluate("element => getComputedStyle(element).direction"))


async def test_every_bubble_runs_in_its_own_direction_and_an_arabic_phone_is_mirrored(
    page: Page, telegram: RunningSimulator, amal: User
) -> None:
    arta = telegram.add_user("Arta")
    telegram.send_text(arta, "/start")
    phones = [Handset(page, amal), Handset(page, arta)]
    for user in (amal, arta):
        telegram.send_text(user, "أحتاج إلى مساعدة")
        telegram.send_text(user, "I need help")
    await page.goto("/")
    for phone, around, send_is_left in zip(phones, ("rtl", "ltr"), (True, False), strict=True):
        assert await direction(phone, "أحتاج") == "rtl"
        assert await direction(phone, "I need") == "ltr"
        await expect(phone.place.locator(".case")).to_have_attribute("dir", around)
        microphone = await phone.button("Record a voice message").bounding_box()
        field = await phone.field.bounding_box()
        assert microphone
        assert field
        assert (microphone["x"] < field["x"]) is send_is_left


async def test_html_in_names_words_and_buttons_stays_words(
    page: Page, telegram: RunningSimulator, bot: Bot
) -> None:
    foul = telegram.add_user(FOUL, last_name=FOUL)
    mira = telegram.add_user("Mira")
    group = telegram.add_group(FOUL, mira, foul, is_forum=True)
    keyboard = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=FOUL, callback_data=FOUL[:64])]]
    )
    await bot.create_forum_topic(group.id, FOUL)
    await bot.set_my_commands([BotCommand(command="foul", description=FOUL)])
    question = telegram.send_text(foul, FOUL)
    await bot.send_message(foul.id, FOUL, reply_markup=keyboard, reply_to_message_id=question.id)
    await bot.send_document(foul.id, BufferedInputFile(b"<script>window.harm = 1</script>", FOUL))
    phone = Handset(page, foul)
    await page.goto("/")
    await phone.place.get_by_role("button", name="File").click()
    await phone.field.press_sequentially("/")
    await expect(phone.place.get_by_role("option")).to_contain_text(FOUL)
    await phone.button(FOUL).click()
    press = (await bot.get_updates(offset=-1))[0].callback_query
    assert press
    await bot.answer_callback_query(press.id, FOUL, show_alert=True)
    await expect(phone.place.get_by_role("alertdialog")).to_contain_text(FOUL)
    assert await page.evaluate("window.harm") is None
    assert await page.locator("img[src='/x']").count() == 0


async def test_links_lead_only_where_links_may(page: Page, bot: Bot, amal: User) -> None:
    await bot.send_message(
        amal.id, '<a href="javascript:window.harm=1">Press</a>', parse_mode="HTML"
    )
    phone = Handset(page, amal)
    await page.goto("/")
    await phone.sees("Press")
    await expect(phone.message("Press").get_by_role("link")).to_have_count(0)


async def test_hidden_words_show_when_they_are_pressed(page: Page, bot: Bot, amal: User) -> None:
    await bot.send_message(
        amal.id, "It is <tg-spoiler>a secret</tg-spoiler> <code>42</code>", parse_mode="HTML"
    )
    phone = Handset(page, amal)
    await page.goto("/")
    await expect(phone.place.get_by_text("a secret")).to_be_hidden()
    await phone.button("Show hidden words").click()
    await expect(phone.place.get_by_text("a secret")).to_be_visible()
    await expect(phone.message("42").locator("code")).to_have_text("42")


async def test_what_arrives_moves_neither_the_reader_nor_what_is_being_written(
    page: Page, telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    for number in range(40):
        telegram.send_text(amal, f"Line {number}")
    phone = Handset(page, amal)
    await page.goto("/")
    log = phone.place.get_by_role("log")
    await expect(phone.message("Line 39")).to_be_in_viewport()
    await phone.field.press_sequentially("I am wri")
    await log.evaluate("element => element.scrollTo(0, 200)")
    await bot.send_message(amal.id, "News")
    await expect(phone.message("News")).to_be_attached()
    assert await log.evaluate("element => element.scrollTop") == 200
    await expect(phone.field).to_be_focused()
    await phone.field.press_sequentially("ting")
    await expect(phone.field).to_have_value("I am writing")
    await phone.button("To the newest message").click()
    await expect(phone.message("News")).to_be_in_viewport()
    await bot.send_message(amal.id, "More news")
    await expect(phone.message("More news")).to_be_in_viewport()


async def test_voice_notes_pictures_files_places_and_cards_are_sent(
    page: Page, telegram: RunningSimulator, amal: User
) -> None:
    await page.add_init_script(NO_MICROPHONE)
    phone = Handset(page, amal)
    await page.goto("/")
    await phone.button("Record a voice message").click()
    await expect(phone.toast).to_contain_text("a sample was sent")
    for choice, name in (("Photo", "door.png"), ("File", "door.png")):
        async with page.expect_file_chooser() as chooser:
            await phone.choose("Attach", choice)
        file = FilePayload(name=name, mimeType="image/png", buffer=picture())
        await (await chooser.value).set_files(file)
    await expect(phone.place.get_by_role("img", name="صورة")).to_be_visible()
    await expect(phone.place.get_by_role("link", name="door.png")).to_be_visible()
    await phone.choose("Attach", "Location")
    await page.get_by_label("Latitude").fill("33.5")
    await page.keyboard.press("Enter")
    await phone.sees("33.50000, 19.81870")
    await phone.choose("Attach", "My contact")
    await phone.sees("+999")
    contents = [message.content for message in telegram.messages(amal)[1:]]
    kinds = [next(iter(content)) for content in contents]
    assert kinds == ["voice", "photo", "document", "location", "contact"]
    voice = telegram.simulator.world.files[contents[0]["voice"]["file_id"]]
    assert voice.content.startswith(b"RIFF")
    play = phone.place.get_by_role("button", name="play")
    await play.click()
    await expect(phone.place.get_by_role("button", name="pause")).to_be_visible()


async def test_a_voice_note_is_recorded_where_there_is_a_microphone(
    page: Page, telegram: RunningSimulator, amal: User
) -> None:
    await page.add_init_script(SILENT_MICROPHONE)
    phone = Handset(page, amal)
    await page.goto("/")
    await phone.button("Record a voice message").click()
    await phone.button("Drop the recording").click()
    await phone.button("Record a voice message").click()
    await phone.button("Send the recording").click()
    await expect(phone.place.get_by_role("button", name="play")).to_be_visible()
    [_, note] = telegram.messages(amal)
    assert note.content["voice"]["mime_type"] in ("audio/ogg", "audio/webm")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 400])
async def test_axe_finds_nothing_to_complain_of(
    page: Page, telegram: RunningSimulator, talkative: Bot, scheme: str, width: int
) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": width, "height": 800})
    arta, mira = telegram.add_user("Arta"), telegram.add_user("Mira")
    telegram.add_group("Staff", mira, is_forum=True)
    telegram.send_text(arta, "/services")
    await telegram.wait_for_text(arta, "need")
    telegram.send_text(arta, "/start")
    telegram.fail("429", "sendVoice", count=3)
    phone = Handset(page, arta)
    await page.goto("/")
    await phone.field.press_sequentially("/")
    await expect(phone.place.get_by_role("option")).to_have_count(2)
    assert (await Axe().run(page)).response["violations"] == []
    await page.get_by_role("button", name="Make Telegram fail").click()
    assert (await Axe().run(page)).response["violations"] == []
    await page.keyboard.press("Escape")
    await phone.choose("More on this phone", "Open a link")
    assert (await Axe().run(page)).response["violations"] == []


async def test_one_phone_at_a_time_fits_a_small_screen(
    page: Page, telegram: RunningSimulator, amal: User
) -> None:
    await page.set_viewport_size({"width": 400, "height": 800})
    arta = telegram.add_user("Arta")
    telegram.send_text(arta, "A long word: " + "m" * 300)
    await page.goto("/")
    await expect(Handset(page, amal).field).to_be_visible()
    await page.get_by_role("button", name="Arta").click()
    await expect(Handset(page, arta).message("A long word")).to_be_visible()
    await expect(Handset(page, amal).field).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == 400
    last_step = page.get_by_role("button", name="Go to a date and time")
    await expect(last_step).to_be_in_viewport(ratio=1)


async def test_a_label_is_one_line_and_cut_off_where_it_has_no_room_as_in_telegrams_apps(
    page: Page, telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    keys = InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text="Menu", callback_data="menu")],
            [InlineKeyboardButton(text="A person " * 12, callback_data="person")],
        ]
    )
    telegram.send_text(amal, "/start")
    await bot.send_message(amal.id, "Hello", reply_markup=keys)
    await page.goto("/")
    phone = Handset(page, amal)
    short, long = (phone.button(label) for label in ("Menu", ("A person " * 12).strip()))
    heights = [await each.evaluate("node => node.offsetHeight") for each in (short, long)]
    assert heights[0] == heights[1]
    assert await long.evaluate("node => node.scrollWidth > node.clientWidth")
    assert not await short.evaluate("node => node.scrollWidth > node.clientWidth")
