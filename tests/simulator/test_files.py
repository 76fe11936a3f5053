"""Voice, pictures and documents, both ways; places and cards."""

import base64
import struct
from io import BytesIO

import httpx
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
)

from simulator.bot_api.images import image_size
from simulator.memory.users import User
from tests.simulator.files import PNG, VOICE
from tests.simulator_server import RunningSimulator

JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 200, 320)


async def test_a_voice_note_is_heard_by_the_bot(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    async with httpx.AsyncClient(base_url=telegram.url) as phone:
        voice = {"base64": base64.b64encode(VOICE).decode(), "duration": 3}
        sent = (await phone.post("/phone/send", json={"user_id": amal.id, "voice": voice})).json()
        assert (await phone.get(sent["voice"]["url"])).content == VOICE
    received = (await bot.get_updates(offset=-1))[0].message
    assert received
    assert received.voice
    assert (received.voice.duration, received.voice.mime_type) == (3, "audio/ogg")
    heard = await bot.download(received.voice.file_id)
    assert isinstance(heard, BytesIO)
    assert heard.read() == VOICE


async def test_the_bot_sends_files_and_names_them_again_by_id(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    voice = await bot.send_voice(amal.id, BufferedInputFile(VOICE, "a.ogg"), duration=2)
    assert voice.voice
    again = await bot.send_voice(amal.id, voice.voice.file_id)
    assert again.voice
    assert again.voice.file_unique_id == voice.voice.file_unique_id
    photo = await bot.send_photo(
        amal.id, BufferedInputFile(PNG, "a.png"), caption="<i>Home</i>", parse_mode="HTML"
    )
    assert photo.photo
    assert (photo.photo[0].width, photo.photo[0].height) == (320, 200)
    assert photo.caption == "Home"
    document = await bot.send_document(amal.id, BufferedInputFile(b"text", "a.txt"))
    assert document.document
    assert (document.document.file_name, document.document.file_size) == ("a.txt", 4)


async def test_captions_and_media_can_be_changed(bot: Bot, amal: User) -> None:
    photo = await bot.send_photo(amal.id, BufferedInputFile(PNG, "a.png"), caption="Before")
    captioned = await photo.edit_caption(caption="After")
    assert isinstance(captioned, Message)
    assert captioned.caption == "After"
    changed = await photo.edit_media(
        InputMediaDocument(media=BufferedInputFile(b"words", "b.txt"), caption="Other")
    )
    assert isinstance(changed, Message)
    assert changed.document
    assert (changed.caption, changed.photo) == ("Other", None)
    back = await photo.edit_media(InputMediaPhoto(media=BufferedInputFile(JPEG, "b.jpg")))
    assert isinstance(back, Message)
    assert back.photo
    with pytest.raises(TelegramBadRequest, match="no text in the message to edit"):
        await photo.edit_text("Words")
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await photo.edit_caption(caption="x" * 1025)


async def test_words_have_no_caption_to_edit(bot: Bot, amal: User) -> None:
    sent = await bot.send_message(amal.id, "Hello")
    with pytest.raises(TelegramBadRequest, match="no caption in the message to edit"):
        await sent.edit_caption(caption="Hi")


async def test_messages_are_copied_and_forwarded(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    sent = telegram.send_text(amal, "My words")
    copy = await bot.copy_message(amal.id, amal.id, sent.id)
    assert telegram.messages(amal)[-1].id == copy.message_id
    forwarded = await bot.forward_message(amal.id, amal.id, sent.id)
    assert forwarded.forward_origin
    assert forwarded.forward_origin.type == "user"
    secret = await bot.send_message(amal.id, "Stays here", protect_content=True)
    with pytest.raises(TelegramBadRequest, match="message can't be forwarded"):
        await bot.forward_message(amal.id, amal.id, secret.message_id)
    with pytest.raises(TelegramBadRequest, match="message to copy not found"):
        await bot.copy_message(amal.id, amal.id, 10**6)


async def test_places_and_cards_go_both_ways(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    place = await bot.send_location(amal.id, 31.95, 35.93)
    assert place.location
    card = await bot.send_contact(amal.id, "+1", "Help desk")
    assert card.contact
    async with httpx.AsyncClient(base_url=telegram.url) as phone:
        here = {"latitude": 36.2, "longitude": 37.1}
        await phone.post("/phone/send", json={"user_id": amal.id, "location": here})
        await phone.post("/phone/send", json={"user_id": amal.id, "contact": {}})
    _, located, carded = await bot.get_updates()
    assert located.message
    assert located.message.location
    assert located.message.location.latitude == 36.2
    assert carded.message
    assert carded.message.contact
    assert carded.message.contact.user_id == amal.id


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("AgACAgIAAx", "wrong file identifier/HTTP URL specified"),
        ("https://example.org/a.png", "failed to get HTTP URL content"),
        (BufferedInputFile(b"not a picture", "a.png"), "IMAGE_PROCESS_FAILED"),
        (BufferedInputFile(b"", "a.png"), "file must be non-empty"),
    ],
)
async def test_what_is_no_picture_is_refused(
    bot: Bot, amal: User, file: str | BufferedInputFile, reason: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.send_photo(amal.id, file)


async def test_a_file_that_nobody_sent_cannot_be_had(telegram: RunningSimulator, bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="wrong file_id"):
        await bot.get_file("nothing")
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{telegram.url}/file/bot{telegram.token}/voice/no.oga")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("content", "size"),
    [(PNG, (320, 200)), (JPEG, (320, 200)), (PNG[:18], None), (JPEG[:4], None), (b"GIF", None)],
)
def test_the_size_of_a_picture_is_read_from_it(
    content: bytes, size: tuple[int, int] | None
) -> None:
    assert image_size(content) == size
