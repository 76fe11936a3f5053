"""Whoever presses a button never looks at a spinner that does not end."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from aiogram import Bot
from aiogram.methods import AnswerCallbackQuery, TelegramMethod
from sqlalchemy import select

from bot.lanes.current import Current
from bot.lanes.dialog_states import DialogStates
from bot.lanes.handling import Handling
from bot.lanes.windows import WindowsToOutbox
from dialogs.presses import AskForCheckIn, AskForHuman, StartCheckIn, ToMenu
from domain.distress import Watch
from handlers.dispatcher import create_dispatcher
from locales.catalogues import Catalogues
from storage.sessions import SERVICE, Database
from storage.tables.outbox import OutboxRow
from tests.bot.notebooks import message
from tests.documents import content_of
from tests.domain.centre import Centre

CHAT = 500
STAFF = 77


class Listening(Bot):
    """Asks Telegram nothing, and notes what it would have."""

    def __init__(self) -> None:
        super().__init__("42:test")
        self.asked: list[TelegramMethod[Any]] = []

    async def __call__(
        self, method: TelegramMethod[Any], request_timeout: int | None = None
    ) -> Any:
        self.asked.append(method)


@dataclass
class Pressed:
    database: Database
    handling: Handling
    bot: Listening

    async def send(self, update: dict[str, Any]) -> list[TelegramMethod[Any]]:
        """Handled and committed, as the lanes do it. Returns what Telegram is asked at once."""
        self.bot.asked.clear()
        async with self.database.begin(SERVICE) as session:
            await self.handling.prepare(session, [update])
            await self.handling.look(session, update)
            after_commit = await self.handling.handle(session, update, found=False)
            await self.handling.finish(session)
        assert self.bot.asked == []
        await after_commit()
        return self.bot.asked

    async def press(self, data: str, chat_id: int = CHAT, **where: Any) -> AnswerCallbackQuery:
        """The one answer to it."""
        there = where or {"message": message(0, chat_id)["message"]}
        query = {"id": "p", "from": _person(chat_id), "chat_instance": "1", "data": data, **there}
        [answer] = await self.send({"update_id": 9, "callback_query": query})
        assert isinstance(answer, AnswerCallbackQuery)
        assert answer.callback_query_id == "p"
        return answer


@pytest.fixture
def pressed(centre: Centre) -> Pressed:
    current, watch, bot = Current(), Watch.load(), Listening()
    dispatcher = create_dispatcher(
        DialogStates(current), WindowsToOutbox(current), Catalogues.load(), watch
    )
    return Pressed(centre.database, Handling(bot, dispatcher, watch, current), bot)


@pytest.mark.parametrize("press", [AskForHuman(), AskForCheckIn(), ToMenu()])
async def test_a_press_that_says_all_in_the_chat_is_answered_once_and_silently(
    pressed: Pressed, press: AskForHuman | AskForCheckIn | ToMenu
) -> None:
    answer = await pressed.press(press.pack())

    assert answer.text is None


async def test_a_press_in_a_dialog_is_answered_once_and_silently(pressed: Pressed) -> None:
    assert await pressed.send(message(1, CHAT, "/services")) == []
    async with pressed.database.begin(SERVICE) as session:
        row = (await session.scalars(select(OutboxRow))).one()
        [[first, *_], *_] = content_of(row, session.keys)["window"]["markup"]["inline_keyboard"]
    answer = await pressed.press(first["callback_data"])

    assert answer.text is None


async def test_a_press_that_is_refused_is_answered_once_with_a_sentence(pressed: Pressed) -> None:
    answer = await pressed.press(StartCheckIn(check_in=uuid4()).pack())

    assert answer.text == "That did not work. Nothing was changed."
    assert answer.show_alert


@pytest.mark.parametrize("data", ["zzz", "\x1da\x1db"])
async def test_a_press_of_a_button_that_nobody_knows_is_answered_once_with_a_sentence(
    pressed: Pressed, data: str
) -> None:
    answer = await pressed.press(data)

    assert answer.text == "That button is old. Here is a fresh menu."


@pytest.mark.parametrize("data", ["zzz", AskForHuman().pack()])
async def test_a_press_of_staff_that_leads_nowhere_is_answered_once_and_silently(
    centre: Centre, pressed: Pressed, data: str
) -> None:
    await centre.colleague(chat=STAFF)
    answer = await pressed.press(data, STAFF)

    assert answer.text is None


async def test_a_press_that_no_handler_takes_is_answered_once_and_silently(
    pressed: Pressed,
) -> None:
    group = {"id": -100, "type": "group", "title": "A"}
    in_group = {"message_id": 1, "date": 1, "chat": group}
    answer = await pressed.press(AskForHuman().pack(), message=in_group)

    assert answer.text is None


def _person(chat_id: int) -> dict[str, Any]:
    return {"id": chat_id, "is_bot": False, "first_name": "A", "language_code": "en"}
