"""How many updates are handled together, and where a batch ends."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from bot.lanes.handler import Update
from bot.lanes.lanes import Lanes
from bot.metrics.metrics import Metrics
from storage.sessions import SERVICE, Database, Session
from tests.bot.notebooks import Notebook, message, run_until_written, take


class Counting(Notebook):
    """Notes how many it is asked to prepare at a time, and finds something in each "cry"."""

    def __init__(self, wanted: int) -> None:
        super().__init__()
        self.wanted = wanted
        self.batches: list[int] = []

    async def prepare(self, session: Session, updates: Sequence[Update]) -> None:
        self.batches.append(len(updates))

    async def look(self, session: Session, update: Mapping[str, Any]) -> bool:
        return bool(update["message"]["text"] == "cry")


async def test_a_batch_that_takes_long_is_committed_as_far_as_it_has_come(
    database: Database,
) -> None:
    counting = Counting(wanted=3)
    await take(database, *(message(number, chat_id=500 + number) for number in range(3)))
    await run_until_written(Lanes(database, counting, Metrics(), longest=0), counting)

    async with database.begin(SERVICE) as session:
        committed = await session.scalar(text("SELECT count(DISTINCT xmin::text) FROM fact"))
    assert committed == 3


async def test_where_cries_come_one_upon_another_few_are_asked_about_in_vain(
    database: Database,
) -> None:
    """Each ends its batch. Once they are over, batches grow again."""
    words = [*["cry"] * 3, *["hello"] * 12]
    counting = Counting(wanted=len(words))
    updates = [message(number, 500 + number, each) for number, each in enumerate(words)]
    await take(database, *updates)
    await run_until_written(Lanes(database, counting, Metrics(), workers=1, chats=8), counting)

    assert counting.batches == [8, 4, 2, 2, 4, 7]
