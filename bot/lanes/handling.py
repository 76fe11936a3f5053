"""From an update of the inbox to the handlers, inside one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError
from aiogram.fsm.context import FSMContext
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Update

from bot.errors import code_of
from bot.intake.kinds import is_asked_for
from bot.lanes.current import Current
from bot.lanes.dialog_states import know_dialogs, save_dialogs, windows_shown
from bot.lanes.handler import AfterCommit, Handler
from bot.telegram.connection import bot_for_handlers
from domain.distress import Ear
from domain.lexicon.cache import Lexicons
from domain.messages.keeping import know_writers
from domain.messages.recent_words import keep_recent, know_recent
from domain.one_by_one import if_possible
from domain.organisations import lock_groups
from domain.returnees.chats import know_returnees
from domain.safety.rejudging import judge_all
from domain.staff import know_staff
from handlers.answering.answers import PressAnswer, Toast
from handlers.giving_up import hand_to_a_human
from handlers.hearing import look_ahead
from handlers.reading.rich_words import read_update
from handlers.watching import look
from storage.inbox.updates import chat_of_update
from storage.outbox.traces import leave_theirs
from storage.outbox.unsent import know_unsent
from storage.sessions import Session

log = structlog.get_logger()

# A Telegram that hangs must not hold up whoever writes next, for the sake of a spinner.
_PRESS_PATIENCE = 5
_TRACES, _READ = "traces", "updates read"


@dataclass(slots=True)
class Handling(Handler):
    bot: Bot
    dispatcher: Dispatcher
    ear: Ear
    current: Current
    lexicons: Lexicons = field(default_factory=Lexicons)
    mute: Bot = field(init=False)

    def __post_init__(self) -> None:
        self.mute = bot_for_handlers(self.bot)

    async def prepare(self, session: Session, updates: Sequence[Mapping[str, Any]]) -> None:
        await lock_groups(session, list(filter(None, map(_changed_group, updates))))
        chats = [chat_of_update(update) for update in updates]
        await know_staff(session, chats)
        await know_returnees(session, chats, locked=True)
        await know_writers(session, dict(filter(None, map(_written, updates))))
        await know_recent(session, chats)
        await know_dialogs(session, chats)
        asking = [chat_of_update(update) for update in updates if _asks(update)]
        await know_unsent(session, windows_shown(session), asking)

    async def look_ahead(self, session: Session, updates: Sequence[Mapping[str, Any]]) -> None:
        read = [self._read(session, update) for update in updates]
        await look_ahead(session, read, self.ear, self.lexicons)

    async def look(self, session: Session, update: Mapping[str, Any]) -> bool:
        known = self._read(session, update)
        with self.current.within(session):
            return await look(session, known, self.ear, self.lexicons, self._state_of(update))

    async def handle(
        self, session: Session, update: Mapping[str, Any], *, found: bool
    ) -> AfterCommit:
        answer = PressAnswer()
        with self.current.within(session):
            known = self._read(session, update)
            if is_asked_for(update):
                await self.dispatcher.feed_update(
                    self.mute, known, session=session, answer=answer, found=found
                )
        _trace(session, update)
        return partial(self._answer_press, update, answer.toast)

    def _read(self, session: Session, update: Mapping[str, Any]) -> Update:
        """As aiogram's, once for both that ask. Raises what is no update of Telegram's."""
        read: dict[int, Update] = session.info.setdefault(_READ, {})
        number = update["update_id"]
        if number not in read:
            read[number] = read_update(update, self.mute)
        return read[number]

    async def finish(self, session: Session) -> None:
        await keep_recent(session)
        await save_dialogs(session)
        await judge_all(session)
        await leave_theirs(session, session.info.pop(_TRACES, ()))

    async def give_up(
        self, session: Session, update: Mapping[str, Any], *, watched: bool, deadly: bool
    ) -> None:
        ear = None if deadly else self.ear
        with self.current.within(session):
            await hand_to_a_human(
                session,
                update,
                watched=watched,
                ear=ear,
                lexicons=self.lexicons,
                state=self._state_of(update),
            )
        # Which may be just what failed every time, and a human knows of it by now.
        async with if_possible(session, "lanes.unkept"):
            _trace(session, update)
            await self.finish(session)

    def _state_of(self, update: Mapping[str, Any]) -> FSMContext:
        """What the dialogs remember of a private chat."""
        chat_id = chat_of_update(update)
        return self.dispatcher.fsm.get_context(self.mute, chat_id, chat_id)

    async def _answer_press(self, update: Mapping[str, Any], toast: Toast) -> None:
        press = update.get("callback_query")
        if press is None:
            return
        try:
            await self.bot(
                AnswerCallbackQuery(
                    callback_query_id=press["id"], text=toast.text, show_alert=toast.alert
                ),
                request_timeout=_PRESS_PATIENCE,
            )
        except AiogramError as error:
            log.info("a press was not answered", action="presses.answer", error=code_of(error))


def _trace(session: Session, update: Mapping[str, Any]) -> None:
    """The person's own message, so that /hide can take it away, too. One that Telegram shows as
    changed by nobody (handlers/hearing.py) may never have come before.
    """
    edited = update.get("edited_message")
    is_shown = isinstance(edited, Mapping) and not edited.get("edit_date")
    written = _written({"message": edited} if is_shown else update)
    if written is not None:
        chat_id, number = written
        traces: list[tuple[bytes, int, datetime]] = session.info.setdefault(_TRACES, [])
        traces.append((session.keys.look_up(chat_id, "chat"), number, session.asked_at))


def _changed_group(update: Mapping[str, Any]) -> int | None:
    """Where the bot may write no more, or again, or which has another number now."""
    message = update.get("message") or {}
    if (before := message.get("migrate_from_chat_id")) is not None:
        return int(before)
    changes = "my_chat_member" in update or "migrate_to_chat_id" in message
    return chat_of_update(update) if changes else None


def _asks(update: Mapping[str, Any]) -> bool:
    """By a button or a command, whose answer may be that of the time before."""
    text = (update.get("message") or {}).get("text")
    return "callback_query" in update or (isinstance(text, str) and text.startswith("/"))


def _written(update: Mapping[str, Any]) -> tuple[int, int] | None:
    """In which private chat somebody wrote, and the number of their message there."""
    message = update.get("message") or {}
    chat = message.get("chat")
    if not isinstance(chat, Mapping) or chat.get("type") != "private":
        return None
    chat_id, number = chat.get("id"), message.get("message_id")
    if not isinstance(chat_id, int) or not isinstance(number, int):
        return None
    return chat_id, number
