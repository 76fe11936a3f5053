"""What reaches which handler, by a look at what it holds."""

from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Message

from handlers.reading.filters import (
    CODE,
    COMMAND,
    IN_GROUP,
    NO_COMMAND,
    PRIVATE,
    SAID,
    called,
)

BOT = Bot("42:test")
WORDLESS: dict[str, Any] = {"location": {"latitude": 1, "longitude": 1}}


def came(chat: str = "private", **said: Any) -> Message:
    return Message.model_validate(
        {"message_id": 1, "date": 0, "chat": {"id": 7, "type": chat}, **said}
    )


@pytest.mark.parametrize(
    ("said", "is_called"),
    [
        ({"text": "/services"}, True),
        ({"text": " \n/Services@OurBot near me"}, True),
        ({"caption": "/services"}, True),
        ({"text": "/service"}, False),
        ({"text": "where are /services"}, False),
        ({"text": "services"}, False),
        ({"text": " \n"}, False),
        (WORDLESS, False),
    ],
)
async def test_a_command_is_known_wherever_a_keyboard_puts_it(
    said: dict[str, Any], is_called: bool
) -> None:
    assert bool(await called("services")(came(**said), BOT)) is is_called


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"text": "hello"}, {SAID, NO_COMMAND}),
        ({"text": "/help"}, {SAID, COMMAND}),
        ({"text": "/nothing"}, {SAID}),
        (WORDLESS, {SAID}),
        ({"group_chat_created": True}, set()),
    ],
)
async def test_words_commands_and_what_nobody_says_are_told_apart(
    said: dict[str, Any], what: set[object]
) -> None:
    looks = (SAID, COMMAND, NO_COMMAND, CODE)
    assert {look for look in looks if await look(came(**said))} == what


@pytest.mark.parametrize(
    ("chat", "is_private"), [("private", True), ("group", False), ("supergroup", False)]
)
async def test_what_is_said_to_us_alone_is_told_from_what_others_read(
    chat: str, is_private: bool
) -> None:
    message = came(chat, text="hello")
    assert (await PRIVATE(message), await IN_GROUP(message)) == (is_private, not is_private)
