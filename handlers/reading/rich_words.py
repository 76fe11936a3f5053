"""The words of a rich message, which holds blocks within blocks and text within text.

They are read off what Telegram sends: aiogram tries each kind of text at every level, so four
levels, bold in italic in underlined in marked, take it a second or two, and five 25 seconds, in
which a replica hears nobody. What is handed to it is plain.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from aiogram import Bot
from aiogram.enums import RichTextType
from aiogram.types import Message, RichBlockParagraph, RichMessage, Update
from aiogram_dialog.utils import REPLY_CALLBACK_SYMBOLS
from pydantic import ValidationError

from handlers.reading.memberships import said_in_full
from storage.inbox.updates import chat_of_update

_RICH = "rich_message"
_HELD_FILE, _ADDRESSES, _IN_PART = "held_file", "addresses", "read_in_part"
_MESSAGES = ("message", "edited_message")
# Without these there is no message; and these bring no words, or none that were not heard before.
_NEEDED = {"message_id", "date", "chat"}
_WORDLESS = {"from", "forward_origin", "reply_to_message", "entities", "caption_entities"}
# Under these names text stands, and text within text.
_WORDS = {"text", "summary", "credit", "expression", "alternative_text", "button"}


def read_update(update: Mapping[str, Any], bot: Bot | None = None) -> Update:
    """The update as aiogram reads it, with what it or aiogram-dialog would stumble over put right.

    Each piece of text of a rich message is a paragraph by itself. No text ends in letters that
    look like a press. A message that is answered has a sender, and no buttons. A pressed button
    stands in a chat. An edit that was made at no time, as Telegram tells of a reaction, is an edit
    all the same, by a time of 0. What can't be read of a message is left out.

    Raises ValidationError for what is no update of Telegram's.
    """
    plain = _plain(update)
    message, change = plain.get("message"), plain.get("my_chat_member")
    edited, press = plain.get("edited_message"), plain.get("callback_query")
    if isinstance(message, dict):
        if isinstance(text := message.get("text"), str):
            message["text"] = _pressing_nothing(text)
        _leave_what_is_answered(message)
    if isinstance(edited, dict):
        edited.setdefault("edit_date", 0)
    if isinstance(change, dict):
        plain["my_chat_member"] = said_in_full(change)
    if isinstance(press, dict) and press.get("message") is None:
        press["message"] = _unnamed(press)
    try:
        return _read(plain, bot)
    except ValidationError as refusal:
        if not _leave_out(plain, refusal):
            raise
        return _read(plain, bot)


def _unnamed(press: Mapping[str, Any]) -> dict[str, Any]:
    """The message of a button, where Telegram names none: as one that is gone, in the chat with
    whoever pressed it.
    """
    chat = {"id": chat_of_update({"callback_query": press}), "type": "private"}
    return {"message_id": 0, "date": 0, "chat": chat}


def _leave_what_is_answered(message: dict[str, Any]) -> None:
    """Without its buttons. By them aiogram-dialog tells which window is answered, and for an older
    one it would show a menu, and drop a command. And without its blocks, which nobody looks at, and
    of which a table may have thousands.
    """
    answered = message.get("reply_to_message")
    if isinstance(answered, dict):
        answered.pop("reply_markup", None)
        answered.pop(_RICH, None)
        if "from" not in answered:
            del message["reply_to_message"]


def _read(update: Mapping[str, Any], bot: Bot | None) -> Update:
    return Update.model_validate(update, context={"bot": bot})


def _leave_out(update: Mapping[str, Any], refusal: ValidationError) -> bool:
    """What aiogram can't read of a message goes, such as an origin of a new kind, and the rest of
    it is heard. False where nothing can go.
    """
    unread = {error["loc"][:2] for error in refusal.errors(include_input=False)}
    for kind, *name in unread:
        message = update.get(str(kind))
        if kind not in _MESSAGES or not isinstance(message, dict) or _NEEDED & {*name}:
            return False
        for each in name:
            message.pop(each, None)
        message[_IN_PART] = message.get(_IN_PART, False) or not {*name} <= _WORDLESS
    return True


def is_read_in_part(message: Message) -> bool:
    """Whether there was something in it that nobody could read."""
    return bool((message.model_extra or {}).get(_IN_PART))


def _pressing_nothing(text: str) -> str:
    """Without what can't be seen at its end, such as soft hyphens, or joiners, which keyboards of
    some languages write there. aiogram-dialog takes two of them for the press of a reply keyboard,
    of which we have none, and would drop the message, /help too.
    """
    return text.rstrip(REPLY_CALLBACK_SYMBOLS) or text[:1]


def lines_of(rich: RichMessage) -> Iterator[str]:
    """Each piece of text in it, whatever block it stood in."""
    for block in rich.blocks:
        if isinstance(block, RichBlockParagraph) and isinstance(block.text, str):
            yield block.text


def unread_words(message: Mapping[str, Any]) -> Iterator[str]:
    """What somebody wrote there, as Telegram sends it, read by nothing but ourselves."""
    said = (message.get("text"), message.get("caption"))
    yield from (part for part in said if isinstance(part, str))
    # How deep somebody may put text into text, nobody knows.
    with suppress(RecursionError):
        yield from _lines_of(message.get(_RICH))


def held_file(rich: RichMessage | None) -> bool:
    """Whether there was a picture, a sound or the like somewhere in it."""
    return rich is not None and bool((rich.model_extra or {}).get(_HELD_FILE))


def addresses_of(rich: RichMessage) -> list[str]:
    """Behind words in it, where they say something else themselves."""
    addresses: list[str] = (rich.model_extra or {}).get(_ADDRESSES, [])
    return addresses


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {
            name: _flat(each) if name == _RICH else _plain(each) for name, each in value.items()
        }
    return value


def _flat(rich: Any) -> dict[str, Any]:
    paragraphs = [{"type": "paragraph", "text": line} for line in _lines_of(rich)]
    addresses = list(_addresses_of(rich))
    return {"blocks": paragraphs, _HELD_FILE: _has_file(rich), _ADDRESSES: addresses}


def _lines_of(held: Any) -> Iterator[str]:
    if isinstance(held, list):
        for each in held:
            yield from _lines_of(each)
    elif isinstance(held, Mapping):
        for name, value in held.items():
            if name in _WORDS or (name == "caption" and _is_text(value)):
                yield _line(value)
            else:
                yield from _lines_of(value)


def _is_text(caption: Any) -> bool:
    """A table has text there, a picture has a block, which is of no type."""
    return not isinstance(caption, Mapping) or "type" in caption


def _line(text: Any) -> str:
    # What is half bold is still one word.
    if isinstance(text, list):
        return "".join(map(_line, text))
    if isinstance(text, Mapping):
        return "".join(_line(value) for name, value in text.items() if name in _WORDS)
    return text if isinstance(text, str) else ""


def _addresses_of(held: Any) -> Iterator[str]:
    if isinstance(held, list):
        for each in held:
            yield from _addresses_of(each)
    elif isinstance(held, Mapping):
        address = held.get("url") if held.get("type") == RichTextType.URL else None
        if isinstance(address, str) and address != _line(held):
            yield address
        for value in held.values():
            yield from _addresses_of(value)


def _has_file(held: Any) -> bool:
    if isinstance(held, list):
        return any(map(_has_file, held))
    if isinstance(held, Mapping):
        return "file_id" in held or any(map(_has_file, held.values()))
    return False
