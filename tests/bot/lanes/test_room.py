"""A full disk is no update's fault, and one that fills it holds up nobody else (P1)."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.embedded.postgres import EmbeddedPostgres
from bot.lanes.handler import AfterCommit
from bot.lanes.lanes import Lanes
from bot.metrics.metrics import Metrics
from storage.sessions import SERVICE, Database, Session
from storage.tables.inbox import InboxRow
from tests.bot.full_disks import empty, fill
from tests.bot.notebooks import Notebook, drain, message, run_until_written, take
from tests.postgres import DatabaseUrls

FULL, ALL_THAT_IT_MAY = "53100", "53400"


class Greedy(Notebook):
    """Finds no room for "much"."""

    def __init__(self, refusal: str = FULL) -> None:
        super().__init__()
        self.refusal: str | None = refusal

    async def handle(
        self, session: Session, update: Mapping[str, Any], *, found: bool
    ) -> AfterCommit:
        if self.refusal and update["message"]["text"] == "much":
            raised = f"RAISE EXCEPTION USING ERRCODE = '{self.refusal}'"
            await session.execute(text(f"DO $$ BEGIN {raised}; END $$"))
        return await super().handle(session, update, found=found)


@pytest.mark.parametrize("refusal", [FULL, ALL_THAT_IT_MAY])
async def test_p1_an_update_that_finds_no_room_holds_up_nobody_behind_it(
    database: Database, refusal: str
) -> None:
    greedy = Greedy(refusal)
    lanes = Lanes(database, greedy, Metrics(), chats=8)
    greedy.wanted = 5
    await take(database, message(0, 500, "much"))
    await take(database, *(message(number, 500 + number) for number in range(1, 6)))
    await run_until_written(lanes, greedy)

    # Their presses are answered, too.
    assert sorted(greedy.after_commit) == [1, 2, 3, 4, 5]
    assert greedy.given_up == []


async def test_p1_an_update_that_finds_no_room_where_there_is_some_is_set_aside_in_the_end(
    database: Database,
) -> None:
    greedy = Greedy()
    lanes = Lanes(database, greedy, Metrics())
    await take(database, message(1, 500, "much"), message(2, 500))
    for _ in range(40):
        await tried(database, lanes)

    assert greedy.given_up == [1]
    assert greedy.after_commit == [2]


async def test_p1_a_full_disk_is_blamed_on_no_update_however_long_it_lasts(
    urls: DatabaseUrls, database: Database, postgres: EmbeddedPostgres
) -> None:
    greedy = Greedy()
    lanes = Lanes(database, greedy, Metrics())
    await take(database, message(1, 500, "much"))
    await fill(postgres, urls)
    await database.engine.dispose()
    for _ in range(40):
        await tried(database, lanes)
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(InboxRow.tries)) == 0

    await empty(postgres, urls)
    await database.engine.dispose()
    greedy.refusal = None
    await drain(lanes)
    assert greedy.after_commit == [1]


async def tried(database: Database, lanes: Lanes) -> None:
    """Once, as if it had waited for that."""
    with suppress(DBAPIError):
        await drain(lanes)
    async with database.begin(SERVICE) as session:
        await session.execute(text("UPDATE inbox SET retry_at = clock_timestamp()"))
