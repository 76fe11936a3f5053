"""A phone in front of the dispatcher, with the real database behind it."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiogram import Bot
from sqlalchemy import select

from bot.current import Current
from bot.dialog_states import DialogStates
from bot.telegram import bot_for_handlers
from bot.windows import WindowsToOutbox
from handlers.answers import CallbackAnswers, Toast
from handlers.dispatcher import create_dispatcher
from locales.catalogues import Catalogues
from storage.outbox import OutboxRow, chat_of, content_of
from storage.sessions import SERVICE, Database

Content = dict[str, Any]


@dataclass
class Phone:
    """What somebody does, and what is on its way to them."""

    database: Database
    user_id: int = 1001
    language_code: str = "en"
    toasts: list[Toast] = field(default_factory=list)

    def __post_init__(self) -> None:
        current = Current()
        self._current = current
        self._dispatcher = create_dispatcher(
            DialogStates(current), WindowsToOutbox(current), Catalogues.load()
        )
        self._bot = bot_for_handlers(Bot("42:test"))
        self._ids = count(1)

    async def write(self, text: str, **more: Any) -> list[Content]:
        """Sends a message, and returns what it is answered with."""
        return await self.update(message=self._message(text=text, **more))

    async def press(self, button: str, on: Content | None = None) -> list[Content]:
        """Presses the button whose label begins or contains so, on the last window by default."""
        return await self.press_data(self._data(button, on or self.last))

    async def press_data(self, data: str, message_id: int = 500) -> list[Content]:
        message = self._message(text="…") | {"message_id": message_id}
        query = {
            "id": str(next(self._ids)),
            "from": self._user,
            "chat_instance": "1",
            "message": message,
            "data": data,
        }
        return await self.update(callback_query=query)

    async def update(self, **what: Any) -> list[Content]:
        raw = {"update_id": next(self._ids), **what}
        answers = CallbackAnswers()
        async with self.database.begin(SERVICE) as session:
            before = await _numbers(session)
            with self._current.within(session):
                await self._dispatcher.feed_raw_update(
                    self._bot, raw, session=session, answers=answers
                )
            said = [
                content_of(row, session.keys) | {"chat": chat_of(row, session.keys)}
                for row in await session.scalars(select(OutboxRow).order_by(OutboxRow.number))
                if row.number not in before
            ]
        self.toasts = list(answers.by_query.values())
        self.last = next((each for each in reversed(said) if "window" in each), None)
        return said

    @property
    def _user(self) -> dict[str, Any]:
        return {
            "id": self.user_id,
            "is_bot": False,
            "first_name": "Amal",
            "language_code": self.language_code,
        }

    def _message(self, **more: Any) -> dict[str, Any]:
        chat = {"id": self.user_id, "type": "private", "first_name": "Amal"}
        message = {"message_id": next(self._ids), "date": 1, "chat": chat, "from": self._user}
        text = more.get("text", "")
        if text.startswith("/"):
            length = len(text.split()[0])
            more["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return message | more

    def _data(self, label: str, content: Content | None) -> str:
        buttons = buttons_of(content or {})
        return next(data for text, data in buttons.items() if label in text)


def buttons_of(content: Content) -> dict[str, str]:
    """Labels and data of a window's buttons."""
    markup = content.get("window", {}).get("markup") or {"inline_keyboard": []}
    return {
        button["text"]: button.get("callback_data", "")
        for row in markup["inline_keyboard"]
        for button in row
    }


def text_of(content: Content) -> str:
    return str(content["window"]["text"])


async def _numbers(session: Any) -> set[int]:
    return set(await session.scalars(select(OutboxRow.number)))
