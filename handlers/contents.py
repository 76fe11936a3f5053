"""What a message from Telegram holds, in our words."""

import re
from typing import Any

from aiogram.enums import ContentType
from aiogram.types import Message

from storage.kinds import MessageKind

_COMMAND = re.compile(r"^/[A-Za-z_]\w*(@\w+)?")
_KINDS = {
    ContentType.TEXT: MessageKind.TEXT,
    # Known by its emoji.
    ContentType.STICKER: MessageKind.TEXT,
    ContentType.VOICE: MessageKind.VOICE,
    ContentType.AUDIO: MessageKind.VOICE,
    ContentType.VIDEO_NOTE: MessageKind.VOICE,
    ContentType.PHOTO: MessageKind.PHOTO,
    ContentType.VIDEO: MessageKind.PHOTO,
    ContentType.ANIMATION: MessageKind.PHOTO,
    ContentType.DOCUMENT: MessageKind.DOCUMENT,
    ContentType.LOCATION: MessageKind.LOCATION,
    ContentType.VENUE: MessageKind.LOCATION,
    ContentType.CONTACT: MessageKind.CONTACT,
    ContentType.PAID_MEDIA: MessageKind.OTHER,
    ContentType.STORY: MessageKind.OTHER,
}


def kind_of(message: Message) -> MessageKind | None:
    """None for what nobody says, such as that a message was pinned."""
    return _KINDS.get(ContentType(message.content_type))


def words_of(message: Message) -> str:
    """Everything in it that can be read: text, caption, a contact's name, a sticker's emoji."""
    contact, sticker = message.contact, message.sticker
    names = (contact.first_name, contact.last_name) if contact else ()
    emoji = (sticker.emoji,) if sticker else ()
    return " ".join(part for part in (message.text, message.caption, *names, *emoji) if part)


def without_command(words: str) -> str:
    """Pressing /help says nothing yet; what is written behind it does."""
    return _COMMAND.sub("", words)


def body_of(message: Message) -> dict[str, Any]:
    """What is kept of it, as domain/edits.py describes it."""
    body = {
        "text": words_of(message) or None,
        "file_id": _file_of(message),
        "number": message.message_id,
        "edited": message.edit_date,
    }
    return {name: value for name, value in body.items() if value is not None}


def _file_of(message: Message) -> str | None:
    if message.photo:
        return message.photo[-1].file_id
    held = message.voice or message.audio or message.video_note or message.video or message.document
    return held.file_id if held else None
