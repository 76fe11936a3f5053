"""Each update once, in order within a chat, whatever dies (P1)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from bot.lanes.handler import AfterCommit
from bot.lanes.lanes import Lanes
from bot.lanes.setting_aside import MOST_DEATHS
from bot.metrics.metrics import Metrics
from bot.stopping import Stopping
from storage.inbox.failed import set_aside, try_again
from storage.inbox.lanes import heads_of_lanes, unhandled
from storage.inbox.opened import update_of
from storage.sessions import SERVICE, Database, Session
from storage.tables.inbox import InboxRow
from storage.tables.service import Fact
from tests.bot.notebooks import (
    Notebook,
    drain,
    message,
    nothing,
    run_until_written,
    take,
    tried_out,
)


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def lanes(database: Database, notebook: Notebook) -> Lanes:
    return Lanes(database, notebook, Metrics())


async def lines(database: Database) -> list[str]:
    async with database.begin(SERVICE) as session:
        return list(await session.scalars(select(Fact.name).order_by(Fact.changed_at)))


async def test_p1_the_same_update_a_hundred_times_is_handled_once(
    database: Database, lanes: Lanes
) -> None:
    await asyncio.gather(*(take(database, message(1)) for _ in range(20)))
    await drain(lanes)
    await take(database, message(1), message(1))
    await drain(lanes)

    assert await lines(database) == ["handled 1"]


async def test_p1_a_chats_updates_are_handled_in_order_of_arrival_by_many_workers_at_once(
    database: Database, lanes: Lanes
) -> None:
    expected: dict[int, list[str]] = {}
    for number in range(60):
        chat = 500 + number % 4
        # Arrival counts, not Telegram's number.
        await take(database, message(1000 - number, chat))
        expected.setdefault(chat, []).append(f"handled {1000 - number}")
    await asyncio.gather(*(drain(lanes) for _ in range(8)))

    async with database.begin(SERVICE) as session:
        rows = await session.execute(text("SELECT name FROM fact ORDER BY xmin::text::bigint"))
        handled = [row.name for row in rows]
    for order in expected.values():
        assert [line for line in handled if line in order] == order


async def test_p1_what_was_found_is_kept_even_when_the_handler_fails(
    database: Database, lanes: Lanes
) -> None:
    await take(database, message(7, words="alarm"))
    await drain(lanes)

    assert await lines(database) == ["alarm 7"]


async def test_a_poison_update_is_set_aside_and_a_human_told_and_the_chat_goes_on(
    database: Database, lanes: Lanes, notebook: Notebook
) -> None:
    await take(database, message(1, words="poison"), message(2))
    await tried_out(database, lanes)
    await drain(lanes)

    assert notebook.given_up == [1]
    assert await lines(database) == ["handled 2"]


@pytest.mark.parametrize("deaths", [0, MOST_DEATHS + 1])
async def test_p4_what_is_given_up_counts_from_when_it_was_written(
    database: Database, lanes: Lanes, notebook: Notebook, deaths: int
) -> None:
    wrote_at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=7)
    late = message(1, words="poison")
    late["message"]["date"] = int(wrote_at.timestamp())
    await take(database, late)
    async with database.begin(SERVICE) as session:
        await session.execute(update(InboxRow).values(deaths=deaths))
    await tried_out(database, lanes)

    assert notebook.asked_at == [wrote_at]


async def test_a_failed_update_waits_and_holds_up_only_its_own_chat(
    database: Database, lanes: Lanes
) -> None:
    await take(database, message(1, words="poison"), message(2), message(3, chat_id=501))
    await drain(lanes)

    assert await lines(database) == ["handled 3"]


async def test_a_handled_update_keeps_its_number_and_loses_its_words(
    database: Database, lanes: Lanes
) -> None:
    await take(database, message(1))
    await drain(lanes)

    async with database.begin(SERVICE) as session:
        row = (await session.scalars(select(InboxRow))).one()
    assert (row.update_id, row.payload) == (1, None)
    assert row.handled_at is not None


async def test_what_comes_after_commit_comes_after_commit(
    database: Database, lanes: Lanes, notebook: Notebook
) -> None:
    await take(database, message(1), message(2, words="poison"))
    await drain(lanes)

    assert notebook.after_commit == [1]


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": {"chat": "x"}},
        {"update_id": 1, "something_new": {"deep": [1, 2, {"a": "\x00"}]}},
        {"update_id": 1, "callback_query": {"id": "1", "from": {"id": 5}, "message": {}}},
    ],
)
async def test_an_update_of_any_shape_is_taken_in(
    database: Database, update: dict[str, Any]
) -> None:
    await take(database, update)

    async with database.begin(SERVICE) as session:
        assert len((await session.scalars(select(InboxRow))).all()) == 1


async def test_one_that_fails_among_many_costs_the_others_nothing(
    database: Database, notebook: Notebook
) -> None:
    """Taken together, and, since one of them fails, handled each by itself."""
    lanes = Lanes(database, notebook, Metrics(), chats=8)
    notebook.wanted = 5
    for number in range(6):
        words = "poison" if number == 3 else "hello"
        await take(database, message(number, chat_id=500 + number, words=words))
    await run_until_written(lanes, notebook)

    handled = [f"handled {number}" for number in range(6) if number != 3]
    assert sorted(await lines(database)) == handled


async def test_what_was_set_aside_is_handled_once_the_fault_is_mended(
    database: Database, lanes: Lanes, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(database, message(1, words="poison"), message(2))
    await tried_out(database, lanes)
    async with database.begin(SERVICE) as session:
        (aside,) = await set_aside(session)
        assert (aside.error or "").startswith("ValueError")
        assert await try_again(session, [aside.number, 999]) == [aside.number]

    async def mended(
        _: Notebook, session: Session, update: Mapping[str, Any], *, found: bool
    ) -> AfterCommit:
        await notebook.write(session, f"mended {update['update_id']}")
        return nothing

    monkeypatch.setattr(Notebook, "handle", mended)
    await drain(lanes)
    assert await lines(database) == ["handled 2", "mended 1"]


async def test_p1_what_is_tried_again_comes_after_what_its_chat_has_sent_since(
    database: Database, lanes: Lanes
) -> None:
    """Race: the operator types it while a later one of the same chat is in hand."""
    for number in (1, 2):
        await take(database, message(number, words="poison"))
        await tried_out(database, lanes)
    await take(database, message(3), message(4))
    async with database.begin(SERVICE) as handling:
        (in_hand,) = await heads_of_lanes(handling, 24)
        async with database.begin(SERVICE) as session:
            aside = [row.number for row in await set_aside(session)]
            assert await try_again(session, aside) == aside
        async with database.begin(SERVICE) as another:
            assert not await heads_of_lanes(another, 24)
    async with database.begin(SERVICE) as session:
        order = [update_of(row, session.keys) for row in await unhandled(session, range(100))]

    assert in_hand.update_id == 3
    assert [update["update_id"] for update in order] == [3, 4, 1, 2]


class WithoutEnd(Notebook):
    """Takes longer over "long" than the database allows; nobody could tell that from one that is
    away.
    """

    async def handle(
        self, session: Session, update: Mapping[str, Any], *, found: bool
    ) -> AfterCommit:
        if update["message"]["text"] == "long":
            await be_slow(session)
        return await super().handle(session, update, found=found)


async def test_p1_an_update_over_which_the_database_always_gives_up_is_set_aside_in_the_end(
    database: Database,
) -> None:
    patient = WithoutEnd()
    lanes = Lanes(database, patient, Metrics(), chats=8)
    patient.wanted = 3
    await take(database, message(0, 500, "long"), message(1, 500))
    await take(database, *(message(number, 500 + number) for number in (2, 3)))
    await run_until_written(lanes, patient)

    assert patient.given_up == [0]
    assert sorted(await lines(database)) == [f"handled {number}" for number in (1, 2, 3)]


async def hang_up(session: Session) -> None:
    raw = await (await session.connection()).get_raw_connection()
    assert raw.driver_connection is not None
    raw.driver_connection.terminate()
    await session.execute(text("SELECT"))


async def be_slow(session: Session) -> None:
    """Longer than it is waited for."""
    await session.execute(text("SET LOCAL statement_timeout = '1ms'"))
    await session.execute(text("SELECT pg_sleep(60)"))


async def handle_once_it_is_free(lanes: Lanes) -> None:
    """The server holds what a cut connection had in hand until it has noticed the cut."""
    while not await lanes.handle_one():
        pass


@pytest.mark.parametrize(("goes", "times"), [(hang_up, 20), (be_slow, 5)])
async def test_p1_a_database_that_goes_away_again_and_again_is_blamed_on_no_update(
    database: Database,
    lanes: Lanes,
    notebook: Notebook,
    goes: Callable[[Session], Awaitable[None]],
    times: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await take(database, message(1))
    left = times

    async def away(_: Notebook, session: Session) -> None:
        nonlocal left
        if left:
            left -= 1
            await goes(session)

    monkeypatch.setattr(Notebook, "finish", away)
    for _ in range(times):
        with pytest.raises(DBAPIError):
            await handle_once_it_is_free(lanes)
    await handle_once_it_is_free(lanes)

    assert await lines(database) == ["handled 1"]
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(InboxRow.tries)) == 0


class Full(Notebook):
    """Has no room for anything."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    async def handle(
        self, session: Session, update: Mapping[str, Any], *, found: bool
    ) -> AfterCommit:
        self.tries += 1
        await session.execute(_DISK_FULL)
        return nothing


_DISK_FULL = text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$")


class Pausing(Stopping):
    """Pauses for no time at all, so often, and then it is time to stop."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.pauses, self._most = 0, most

    async def pause(self, seconds: float) -> None:
        self.pauses += 1
        if self.pauses == self._most:
            self.set()


async def test_a_database_that_refuses_is_not_asked_again_at_once(database: Database) -> None:
    full = Full()
    await take(database, message(1))
    stopping = Pausing(most=4)
    async with asyncio.timeout(30):
        await Lanes(database, full, Metrics(), workers=1).run(stopping)

    assert full.tries == stopping.pauses


class Thorough(Notebook):
    """Takes its time over the first one, until it is asked to stop."""

    def __init__(self, stopping: Stopping) -> None:
        super().__init__()
        self.stopping, self.begun = stopping, asyncio.Event()

    async def handle(
        self, session: Session, update: Mapping[str, Any], *, found: bool
    ) -> AfterCommit:
        self.begun.set()
        await self.stopping.wait()
        return await super().handle(session, update, found=found)


async def test_p1_who_is_asked_to_stop_while_all_its_places_are_taken_takes_nothing_new(
    database: Database,
) -> None:
    await take(database, message(1), message(2, chat_id=501))
    stopping = Stopping()
    thorough = Thorough(stopping)
    lanes = Lanes(database, thorough, Metrics(), workers=1, chats=1)
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        group.create_task(lanes.run(stopping))
        await thorough.begun.wait()
        stopping.set()

    assert await lines(database) == ["handled 1"]


class AtADesk(Notebook):
    """Tells a human by writing where somebody else may be writing."""

    async def give_up(
        self, session: Session, update: Mapping[str, Any], *, watched: bool, deadly: bool
    ) -> None:
        await session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        await session.get_one(Fact, "desk", with_for_update=True)
        await super().give_up(session, update, watched=watched, deadly=deadly)


async def test_p1_a_database_that_is_busy_while_a_human_is_told_is_asked_again(
    database: Database,
) -> None:
    """Nothing is set aside before somebody knows of it."""
    desk = AtADesk()
    lanes = Lanes(database, desk, Metrics())
    async with database.begin(SERVICE) as session:
        session.add(Fact(name="desk", value={}, changed_at=session.now))
    await take(database, message(1, words="poison"))
    async with database.begin(SERVICE) as other:
        await other.get_one(Fact, "desk", with_for_update=True)
        with pytest.raises(DBAPIError, match="lock timeout"):
            for _ in range(5):
                await drain(lanes)
                async with database.begin(SERVICE) as session:
                    await session.execute(text("UPDATE inbox SET retry_at = clock_timestamp()"))
    async with database.begin(SERVICE) as session:
        assert await set_aside(session) == []

    await drain(lanes)
    assert desk.given_up == [1]
    async with database.begin(SERVICE) as session:
        assert len(await set_aside(session)) == 1
