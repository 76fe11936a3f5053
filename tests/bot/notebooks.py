"""Handlers that only write down what they are given, and updates for them."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot.lanes.handler import AfterCommit, Handler
from bot.lanes.lanes import Lanes
from bot.stopping import Stopping
from storage.inbox.arrivals import take_in
from storage.sessions import SERVICE, Database, Session
from storage.tables.service import Fact


def message(update_id: int, chat_id: int = 500, words: str = "hello") -> dict[str, Any]:
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": 1,
            "text": words,
            "chat": {"id": chat_id, "type": "private"},
            "from": {"id": chat_id, "is_bot": False, "first_name": "A"},
        },
    }


class Notebook(Handler):
    """Writes down in the database what it is given; "alarm" is found, "poison" fails always."""

    def __init__(self) -> None:
        self.given_up: list[int] = []
        #: When what was given up had been written.
        self.asked_at: list[datetime] = []
        self.after_commit: list[int] = []
        #: Set once so many are handled and committed.
        self.wanted = 0
        self.all_written = asyncio.Event()

    async def look(self, session: Session, update: Mapping[str, Any]) -> bool:
        if update["message"]["text"] != "alarm":
            return False
        await self.write(session, f"alarm {update['update_id']}")
        return True

    async def handle(
        self, session: Session, update: Mapping[str, Any], *, found: bool
    ) -> AfterCommit:
        number = update["update_id"]
        await self.write(session, f"handled {number}")
        if update["message"]["text"] in ("poison", "alarm"):
            raise ValueError("nobody can handle this")

        async def after_commit() -> None:
            self.after_commit.append(number)
            if len(self.after_commit) == self.wanted:
                self.all_written.set()

        return after_commit

    async def give_up(
        self, session: Session, update: Mapping[str, Any], *, watched: bool, deadly: bool
    ) -> None:
        self.given_up.append(update["update_id"])
        self.asked_at.append(session.asked_at)

    async def write(self, session: Session, line: str) -> None:
        session.add(Fact(name=line, value={}, changed_at=session.now))
        await session.flush()


async def take(database: Database, *updates: dict[str, Any], is_fresh: bool = False) -> None:
    async with database.begin(SERVICE) as session:
        await take_in(session, updates, is_fresh=is_fresh)


async def drain(lanes: Lanes) -> None:
    while await lanes.handle_one():
        pass


async def tried_out(database: Database, lanes: Lanes) -> None:
    """As often as an update that fails is tried."""
    for _ in range(5):
        await drain(lanes)
        async with database.begin(SERVICE) as session:
            await session.execute(text("UPDATE inbox SET retry_at = clock_timestamp()"))


async def run_until_written(lanes: Lanes, notebook: Notebook) -> None:
    """As many as are wanted."""
    stopping = Stopping()
    async with asyncio.TaskGroup() as group:
        group.create_task(lanes.run(stopping))
        async with asyncio.timeout(60):
            await notebook.all_written.wait()
        stopping.set()


class Attentive(Handler):
    """Writes down when what it is given counts as asked for."""

    def __init__(self) -> None:
        self.asked_ago: list[timedelta] = []

    async def look(self, session: Session, update: Mapping[str, Any]) -> bool:
        return False

    async def handle(
        self, session: Session, update: Mapping[str, Any], *, found: bool
    ) -> AfterCommit:
        self.asked_ago.append(session.now - session.asked_at)
        return nothing


async def nothing() -> None:
    return None
