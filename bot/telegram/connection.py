"""The connection to Telegram, and what its errors mean."""

from collections.abc import AsyncGenerator
from enum import StrEnum, auto
from typing import Any, NoReturn

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Message

from bot.telegram.json_calls import JsonCalls

# aiogram reads every answer through a class that is made for its type, and that pydantic forgets,
# and makes anew at some cost, when nobody holds on to it.
_ANSWERS = (Response[Message], Response[bool], Response[Message | bool])
#: Seconds that a call may take.
PATIENCE = 30


def connect(token: str, api_url: str) -> Bot:
    """A bot that talks to the Bot API server at that address (without /bot)."""
    return Bot(
        token,
        session=JsonCalls(api=TelegramAPIServer.from_base(api_url), timeout=PATIENCE),
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )


class _NoCalls(BaseSession):
    """Nothing talks to Telegram inside a transaction. The signatures are aiogram's."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109
    ) -> NoReturn:
        raise RuntimeError(
            f"{type(method).__name__} was called inside a transaction: put it in the outbox"
        )

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        raise RuntimeError("a file was fetched inside a transaction")
        yield b""

    async def close(self) -> None:
        """Nothing is open."""


def bot_for_handlers(bot: Bot) -> Bot:
    """The same bot by name, mute: handlers speak through the outbox."""
    return Bot(bot.token, session=_NoCalls())


class Trouble(StrEnum):
    """What a refused send means for the message and for the chat."""

    #: Try again: Telegram or the network hiccups.
    PASSING = auto()
    #: Telegram says no in words that we don't know: try a few times, then give up.
    REFUSED = auto()
    #: This chat can't be written to until its person does something.
    BLOCKED = auto()
    #: This message will never go; the chat may be fine.
    HOPELESS = auto()
    #: The message to edit is gone or can't be edited: say it in a new one.
    NOTHING_TO_EDIT = auto()
    #: The topic was deleted: make it again.
    NO_TOPIC = auto()
    #: The screen shows this already.
    DONE_ALREADY = auto()


# Telegram's exact words; an unknown 403 is not taken for a block.
_BLOCKED = (
    "bot was blocked by the user",
    "user is deactivated",
    "bot was kicked from the group chat",
    "bot was kicked from the supergroup chat",
    "bot was kicked from the channel chat",
    "bot is not a member of the group chat",
    "bot is not a member of the supergroup chat",
    "bot is not a member of the channel chat",
    "the group chat was deleted",
    "bot can't initiate conversation with a user",
    "chat not found",
    # As long as nobody gives the bot its right back.
    "not enough rights to send text messages to the chat",
    "have no rights to send a message",
    "chat_write_forbidden",
)
_NOTHING_TO_EDIT = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)
_NO_TOPIC = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_DONE_ALREADY = (
    "message is not modified",
    "message to delete not found",
    "message can't be deleted",
)


#: What Telegram answers whoever comes with no token of any bot, and what that means.
NO_BOT = (TelegramUnauthorizedError, TelegramNotFound)
REFUSES_US = "Telegram refuses the token in WAYHOME_BOT_TOKEN."


def lacks_method(error: Exception) -> bool:
    """Whether this Bot API server, as an old one of one's own, does not know what it is asked."""
    return isinstance(error, TelegramNotFound) and "method not found" in error.message.lower()


def meaning(error: Exception) -> Trouble:
    """What to do about an error that a send ended in."""
    words = error.message.lower() if isinstance(error, TelegramAPIError) else ""
    if isinstance(error, TelegramForbiddenError | TelegramBadRequest):
        for phrases, trouble in (
            (_DONE_ALREADY, Trouble.DONE_ALREADY),
            (_NOTHING_TO_EDIT, Trouble.NOTHING_TO_EDIT),
            (_BLOCKED, Trouble.BLOCKED),
            (_NO_TOPIC, Trouble.NO_TOPIC),
        ):
            if any(phrase in words for phrase in phrases):
                return trouble
    if isinstance(error, TelegramForbiddenError):
        return Trouble.REFUSED
    # What is too large is so at every try; aiogram takes it for trouble of the network.
    for_good = isinstance(error, TelegramBadRequest | TelegramEntityTooLarge)
    return Trouble.HOPELESS if for_good or lacks_method(error) else Trouble.PASSING
