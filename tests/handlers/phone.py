"""A phone in front of the watch and the dispatcher, with the real database behind them."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any

from aiogram import Bot
from sqlalchemy import select

from bot.lanes.current import Current
from bot.lanes.dialog_states import DialogStates
from bot.lanes.handling import Handling
from bot.lanes.windows import WindowsToOutbox
from dialogs.notices import discretion_of, render
from dialogs.texts import Texts
from domain.distress import Watch
from domain.lexicon.cache import Lexicons
from handlers.answering.answers import PressAnswer, Toast
from handlers.dispatcher import create_dispatcher
from handlers.reading.rich_words import read_update
from locales.catalogues import Catalogues
from storage.kinds import OutboxState
from storage.outbox.contents import Notification, from_document
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE, Database, Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.documents import content_of

#: By which a watched phone opens in the tests.
ROW = "🌳🐟🍎🌳"
#: Whom Telegram names as the sender of what we wrote.
OURS = {"id": 42, "is_bot": True, "first_name": "Wayhome"}


@cache
def handling(watch: Watch) -> Handling:
    """What stands behind all phones but for the organisations' own words. It keeps nothing of any,
    and takes long to put together.
    """
    current = Current()
    dispatcher = create_dispatcher(
        DialogStates(current), WindowsToOutbox(current), Catalogues.load(), watch
    )
    return Handling(Bot("42:test"), dispatcher, watch, current)


@dataclass(frozen=True)
class Said:
    """Something on its way to a chat, as it would look now."""

    chat: int
    text: str
    #: Data by label.
    buttons: dict[str, str]
    notice: str | None
    row: OutboxRow
    content: dict[str, Any]

    def data(self, label: str) -> str:
        return next(data for text, data in self.buttons.items() if label in text)


@dataclass
class Phone:
    """What somebody does, and what it leads to."""

    database: Database
    watch: Watch
    user_id: int = 1001
    language_code: str = "en"
    #: What the last thing that was pressed is answered with.
    toast: Toast = field(default_factory=Toast)
    screen: Said | None = None
    #: How long what is sent has waited until it is handled.
    waited: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.handling = replace(handling(self.watch), lexicons=Lexicons())
        self._ids = count(1)

    async def write(self, text: str = "", **more: Any) -> list[Said]:
        """Sends a message, and returns what it is answered with."""
        return await self.send(message=self.message(**({"text": text} if text else {}), **more))

    async def press(self, label: str) -> list[Said]:
        """Presses the button of the last thing that had buttons."""
        assert self.screen is not None
        return await self.press_data(self.screen.data(label))

    async def tap(self, row: str = ROW) -> list[Said]:
        """Taps pictures, one after the other."""
        said: list[Said] = []
        for picture in row:
            said = await self.press(picture)
        return said

    async def press_data(self, data: str, message_id: int = 500, **where: Any) -> list[Said]:
        query = {
            "id": str(next(self._ids)),
            "from": self.user,
            "chat_instance": "1",
            "message": self.message(text="…") | {"message_id": message_id},
            "data": data,
            **where,
        }
        return await self.send(callback_query=query)

    async def send(self, **what: Any) -> list[Said]:
        """Looked at first, then handled, each in its own transaction, as the lanes do it."""
        raw = {"update_id": next(self._ids), **what}
        async with self.database.begin(SERVICE) as session:
            session.asked_at = session.now - self.waited
            before = await self._on_its_way(session)
            await self.handling.prepare(session, [raw])
            await self.handling.look_ahead(session, [raw])
            update = read_update(raw, self.handling.mute)
            found = await self.handling.look(session, raw)
            await self.handling.finish(session)
        answer = PressAnswer()
        async with self.database.begin(SERVICE) as session:
            session.asked_at = session.now - self.waited
            await self.handling.prepare(session, [raw])
            with self.handling.current.within(session):
                await self.handling.dispatcher.feed_update(
                    self.handling.mute, update, session=session, answer=answer, found=found
                )
            await self.handling.finish(session)
        self.toast = answer.toast
        async with self.database.begin(SERVICE) as session:
            changed = await self._on_its_way(session) - before
            rows = select(OutboxRow).where(OutboxRow.number.in_(number for number, _ in changed))
            ordered = await session.scalars(rows.order_by(OutboxRow.number))
            said = [await self.shown(session, row) for row in ordered]
        # Its menu of commands is nothing that is said.
        said = [each for each in said if "commands" not in each.content]
        now = OutboxState.WAITING
        mine = [each for each in said if each.chat == self.user_id and each.row.state is now]
        self.screen = next((each for each in reversed(mine) if each.buttons), self.screen)
        return said

    async def _on_its_way(self, session: Session) -> set[tuple[int, bytes | None]]:
        """What waits says something else by and by: sealed anew, it is new."""
        rows = await session.execute(select(OutboxRow.number, OutboxRow.content))
        return {(row.number, row.content) for row in rows if row.content is not None}

    @property
    def user(self) -> dict[str, Any]:
        return {
            "id": self.user_id,
            "is_bot": False,
            "first_name": "Amal",
            "language_code": self.language_code,
        }

    def message(self, **more: Any) -> dict[str, Any]:
        chat = {"id": self.user_id, "type": "private", "first_name": "Amal"}
        message = {"message_id": next(self._ids), "date": 1, "chat": chat, "from": self.user}
        text = more.get("text", "")
        if text.startswith("/"):
            command = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
            more["entities"] = [command]
        return message | more

    async def shown(self, session: Session, row: OutboxRow) -> Said:
        """What a row of the outbox looks like now."""
        content = content_of(row, session.keys)
        chat = chat_of(row, session.keys)
        if "window" in content:
            window = content["window"]
            markup, text = window["markup"] or {"inline_keyboard": []}, window["text"]
            keys = [key for line in markup["inline_keyboard"] for key in line]
            buttons = {key["text"]: key.get("callback_data", "") for key in keys}
            return Said(chat, text, buttons, None, row, content)
        notified = from_document(content)
        if not isinstance(notified, Notification):
            return Said(chat, "", {}, None, row, content)
        returnee = await session.get(Returnee, row.returnee_id) if row.returnee_id else None
        language = returnee.language if returnee else content.get("language", "en")
        discretion = discretion_of(notified, returnee)
        texts = Texts(language, discretion, Catalogues.load().of(language))
        screen = await render(session, notified, texts, returnee)
        rows = screen.keyboard.inline_keyboard if screen.keyboard else []
        buttons = {key.text: key.callback_data or "" for line in rows for key in line}
        return Said(chat, screen.text, buttons, notified.notice, row, content)
