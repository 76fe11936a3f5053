"""The part that talks to Telegram, outside of any transaction."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramMigrateToChat, TelegramRetryAfter
from aiogram.methods import (
    CreateForumTopic,
    DeleteForumTopic,
    DeleteMessages,
    EditMessageText,
    LeaveChat,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import Message

from bot.delivery.wording import Wire
from bot.errors import code_of
from bot.telegram.connection import Trouble, meaning
from bot.telegram.json_calls import Arrived, half_said
from domain.cases.topics import NUMBER_UNKNOWN

log = structlog.get_logger()

#: What stands where something can't be taken away: Telegram lets no message be empty.
NOTHING = "·"


@dataclass(frozen=True, slots=True)
class Sent:
    message_id: int | None
    #: A topic was made on the way: its number, if it is known, to be kept with the case.
    topic: int | None = None
    #: The group has become a supergroup with this number.
    moved_to: int | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    trouble: Trouble
    reason: str
    wait: timedelta | None = None
    #: What was found before it failed, as of what arrived.
    topic: int | None = None
    moved_to: int | None = None


async def send(bot: Bot, wire: Wire, topic: int | None) -> Sent | Failed:
    """Makes the calls. `topic` is where the case's messages went before, if anywhere; in one whose
    number is unknown they went to the group itself.
    """
    made = None
    try:
        if wire.topic_of is not None and topic is None:
            topic = made = await _make_topic(bot, wire)
        message_id = await _call_all(bot, wire, topic)
    except TelegramMigrateToChat as error:
        return await _follow(bot, wire, error)
    except Exception as error:
        if meaning(error) is not Trouble.NO_TOPIC or topic in (None, NUMBER_UNKNOWN):
            return replace(_failure_of(wire, error), topic=made)
        if made is None:
            return await send(bot, wire, None)
        # Gone as soon as it was made: not made again and again, but at the next try.
        return Failed(Trouble.REFUSED, code_of(error))
    return Sent(message_id, made)


async def _follow(bot: Bot, wire: Wire, error: TelegramMigrateToChat) -> Sent | Failed:
    """What was on its way goes where the group went; once, lest two groups send it in a ring. No
    group is left for what it was before: it may be the staff's by now (P2).
    """
    if any(isinstance(call, LeaveChat) for call in wire.calls):
        return Failed(Trouble.HOPELESS, code_of(error))
    if any(getattr(call, "chat_id", None) == error.migrate_to_chat_id for call in wire.calls):
        return _failure(error)
    result = await send(bot, wire.moved(error.migrate_to_chat_id), None)
    if result.moved_to is None:
        return replace(result, moved_to=error.migrate_to_chat_id)
    return result


async def _call_all(bot: Bot, wire: Wire, topic: int | None) -> int | None:
    message_id = None
    for call in wire.calls:
        message_id = await _call(bot, _in_topic(call, wire, topic), wire.instead)
    return message_id


def _in_topic(call: TelegramMethod[Any], wire: Wire, topic: int | None) -> TelegramMethod[Any]:
    if wire.topic_of is None or not isinstance(call, SendMessage):
        return call
    return call.model_copy(update={"message_thread_id": topic or None})


async def _call(
    bot: Bot, call: TelegramMethod[Any], instead: TelegramMethod[Any] | None
) -> int | None:
    try:
        answer = await bot(call)
    except Exception as error:
        trouble = meaning(error)
        if trouble is Trouble.NO_TOPIC and isinstance(call, DeleteForumTopic):
            return None
        if trouble is Trouble.DONE_ALREADY:
            if isinstance(call, DeleteMessages):
                await _delete_halves(bot, call)
            return None
        if trouble is Trouble.NOTHING_TO_EDIT and instead is not None:
            answer = await bot(instead)
        else:
            raise
    return answer.message_id if isinstance(answer, Arrived | Message) else None


async def _delete_halves(bot: Bot, call: DeleteMessages) -> None:
    """Telegram takes none of them away if one is too old: the others are not to stay for it, and
    what that one says goes, as far as it is ours.
    """
    half = len(call.message_ids) // 2
    if not half:
        await _write_over(bot, call)
        return
    for some in (call.message_ids[:half], call.message_ids[half:]):
        await _call(bot, call.model_copy(update={"message_ids": some}), None)


async def _write_over(bot: Bot, call: DeleteMessages) -> None:
    number = call.message_ids[0]
    try:
        await bot(EditMessageText(chat_id=call.chat_id, message_id=number, text=NOTHING))
    except Exception as error:
        if meaning(error) is Trouble.PASSING:
            raise


async def _make_topic(bot: Bot, wire: Wire) -> int | None:
    """None where the group has no topics, or does not let us make them."""
    chat_id = getattr(wire.calls[0], "chat_id", None)
    assert chat_id is not None
    try:
        topic = await bot(CreateForumTopic(chat_id=chat_id, name=wire.topic_name))
    except Exception as error:
        said = half_said(error)
        if said is not None:
            # It is made: asked for again, there would be one for each try.
            number: int = said.get("message_thread_id", NUMBER_UNKNOWN)
            return number
        if meaning(error) is Trouble.PASSING:
            raise
        return None
    return topic.message_thread_id


async def tidy(bot: Bot, wire: Wire) -> None:
    """After the report, so that a slow deletion never makes a message look unsent (P12)."""
    for call in wire.afterwards:
        try:
            await bot(call)
        except Exception as error:
            log.info("tidying failed", action="delivery.tidy", error=code_of(error))


def _failure_of(wire: Wire, error: Exception) -> Failed:
    """What went to the group itself, since there is no topic for it, finds its General closed to
    us: nothing of the kind goes there until somebody opens it.
    """
    failure = _failure(error)
    closed = wire.topic_of is not None and failure.trouble is Trouble.NO_TOPIC
    return replace(failure, trouble=Trouble.BLOCKED) if closed else failure


def _failure(error: Exception) -> Failed:
    if isinstance(error, TelegramRetryAfter):
        return Failed(Trouble.PASSING, code_of(error), timedelta(seconds=error.retry_after))
    return Failed(meaning(error), code_of(error))
