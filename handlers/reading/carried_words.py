"""Words that come with a message, though nobody wrote them into it: what its files are called, what
stands on a contact's card, what it answers in another chat (decision 0069).
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from aiogram.types import (
    Audio,
    Contact,
    ExternalReplyInfo,
    Message,
    MessageOriginUser,
    TelegramObject,
)

from handlers.reading.pieces import pieces_of
from handlers.reading.vcards import lines_of

# In the name of a file they stand where a blank would; and no text holds a NUL.
_JOINTS = str.maketrans("_-+\0", "    ")
_ENDING = re.compile(r"\.\w{1,5}$")


def carried_in(message: Message) -> str:
    """Each a line, and once."""
    answered = answered_elsewhere(message)
    lines = [] if message.text else [*_of_files(message), *_of_card(message.contact)]
    if answered:
        lines += [*_of_files(answered), *_of_answered(answered)]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def answered_elsewhere(message: Message) -> ExternalReplyInfo | None:
    """In another chat. Nothing that we said there: it speaks of danger, and is no cry."""
    answered = message.external_reply
    origin = answered.origin if answered else None
    us = message.bot.id if message.bot else None
    is_ours = isinstance(origin, MessageOriginUser) and origin.sender_user.id == us
    return None if is_ours else answered


def _of_answered(answered: ExternalReplyInfo) -> Iterator[str | None]:
    contact = answered.contact
    if contact:
        yield from (contact.first_name, contact.last_name)
    yield from _of_card(contact)
    yield from pieces_of(answered)


def _of_card(contact: Contact | None) -> Iterator[str]:
    if contact and contact.vcard:
        yield from lines_of(contact.vcard)


def _of_files(held: Message | ExternalReplyInfo) -> Iterator[str | None]:
    files = [held.audio, held.document, held.video, held.animation]
    return _called([*files, held.paid_media, held.poll, held.game])


def _called(held: object) -> Iterator[str | None]:
    """What the files in it are called, and by whom a sound is and what it is called there."""
    if isinstance(held, list):
        for each in held:
            yield from _called(each)
    elif isinstance(held, TelegramObject):
        if name := getattr(held, "file_name", None):
            # One that came from the web may still be written as in an address.
            yield unquote(_ENDING.sub("", name)).translate(_JOINTS)
        if isinstance(held, Audio):
            yield from (held.title, held.performer)
        for _, value in held:
            yield from _called(value)
