"""What kills the process that handles it is counted, taken alone, and set aside (P1)."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.lanes.deaths import Deaths
from bot.lanes.handler import AfterCommit, Handler
from bot.lanes.lanes import Lanes
from bot.metrics.metrics import Metrics
from bot.replica.replica import Replica
from bot.stopping import Stopping
from storage.inbox.failed import reserve
from storage.sessions import SERVICE, Database, Session
from storage.tables.inbox import InboxRow
from storage.tables.service import RunningReplica
from tests.bot.notebooks import Notebook, drain, message, take


class Killed(BaseException):
    """As far as the database can tell, the process is gone: nothing of it is committed."""


class Fragile(Notebook):
    """Dies of "poison", and of telling about it as often as it is told to."""

    def __init__(self, *, dies_telling: bool = False, cut_off_telling: int = 0) -> None:
        super().__init__()
        self.dies_telling, self.cut_off_telling = dies_telling, cut_off_telling

    async def handle(
        self, session: Session, update: Mapping[str, Any], *, found: bool
    ) -> AfterCommit:
        if update["message"]["text"] == "poison":
            raise Killed
        return await super().handle(session, update, found=found)

    async def give_up(
        self, session: Session, update: Mapping[str, Any], *, watched: bool, deadly: bool
    ) -> None:
        assert deadly
        if self.dies_telling:
            raise Killed
        if self.cut_off_telling:
            self.cut_off_telling -= 1
            raise ConnectionResetError
        await super().give_up(session, update, watched=watched, deadly=deadly)


def new_deaths(database: Database) -> Deaths:
    """As a new process has them."""
    replica = Replica(str(database.engine.url), database.wakes, database.keychain)
    return Deaths(database, replica)


async def somebody_died(database: Database) -> None:
    """They began long ago, and no process has their number."""
    async with database.begin(SERVICE) as session:
        session.add(RunningReplica(number=1, since=session.now))
    await an_hour_goes_by(database)


async def an_hour_goes_by(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(text("UPDATE running_replica SET since = since - interval '1 hour'"))


async def new_lanes(database: Database, handler: Handler) -> Lanes:
    deaths = new_deaths(database)
    await deaths.begin(Stopping())
    return Lanes(database, handler, Metrics(), deaths, chats=8)


async def live(database: Database, handler: Fragile) -> bool:
    """A life after a death: as long as it goes. False when it ended by what it handled."""
    await somebody_died(database)
    lanes = await new_lanes(database, handler)
    try:
        await drain(lanes)
    except (Killed, ConnectionResetError):
        return False
    return True


async def lives_until_rest(database: Database, handler: Fragile) -> int:
    for life in range(20):
        if await live(database, handler):
            return life
    raise AssertionError("it goes on killing")


async def test_p1_an_update_that_kills_is_set_aside_a_human_told_and_the_others_handled(
    database: Database,
) -> None:
    handler = Fragile()
    await take(database, message(1, words="poison"), message(2))
    await take(database, *(message(number, chat_id=500 + number) for number in range(3, 9)))

    assert await lives_until_rest(database, handler) == 6
    assert handler.given_up == [1]
    async with database.begin(SERVICE) as session:
        rows = (await session.scalars(select(InboxRow).order_by(InboxRow.number))).all()
    assert [row.set_aside_at is not None for row in rows] == [True] + [False] * 7
    assert all(row.handled_at for row in rows[1:])
    assert rows[0].error == "Died"


async def test_what_kills_even_while_a_human_is_told_ends_too(database: Database) -> None:
    handler = Fragile(dies_telling=True)
    await take(database, message(1, words="poison"), message(2))

    await lives_until_rest(database, handler)

    assert handler.given_up == []
    async with database.begin(SERVICE) as session:
        poison, other = (await session.scalars(select(InboxRow).order_by(InboxRow.number))).all()
    assert poison.set_aside_at is not None
    assert other.handled_at is not None


async def test_p1_a_database_that_goes_away_while_a_human_is_told_takes_nobodys_telling(
    database: Database,
) -> None:
    """Another process takes it up then, and counts it once more."""
    handler = Fragile(cut_off_telling=2)
    await take(database, message(1, words="poison"))

    await lives_until_rest(database, handler)

    assert handler.given_up == [1]


async def test_what_arrives_after_the_death_is_not_suspect(database: Database) -> None:
    await take(database, message(1))
    assert await live(database, Fragile())
    await take(database, message(2, chat_id=501))
    deaths = new_deaths(database)
    await noticed(deaths, database)
    await drain(Lanes(database, Fragile(), Metrics(), deaths))

    async with database.begin(SERVICE) as session:
        rows = (await session.scalars(select(InboxRow).order_by(InboxRow.number))).all()
    assert [(row.deaths, row.handled_at is not None) for row in rows] == [(1, True), (0, True)]


async def noticed(deaths: Deaths, database: Database) -> int:
    async with database.begin(SERVICE) as session:
        await deaths.look(session)
    return deaths.suspect_to


@pytest.mark.parametrize("orderly", [True, False])
async def test_only_who_ends_without_a_word_is_missed(database: Database, orderly: bool) -> None:
    await take(database, message(1))
    one, other = (new_deaths(database) for _ in range(2))
    await one.begin(Stopping())
    if orderly:
        await one.end()
    await an_hour_goes_by(database)

    assert bool(await noticed(other, database)) is not orderly


async def test_p1_who_never_had_a_connection_of_its_own_does_not_take_itself_for_dead(
    database: Database,
) -> None:
    """Or all that has arrived would look deadly, while the server has none left for it."""
    await take(database, message(1))
    deaths = new_deaths(database)
    await deaths.begin(Stopping())
    await an_hour_goes_by(database)

    assert await noticed(deaths, database) == 0


async def test_p1_race_replicas_that_look_at_once_make_no_killer_of_an_innocent(
    database: Database,
) -> None:
    """Each would count it before one of them takes it up: as often as there are replicas."""
    await take(database, *(message(number, chat_id=500 + number) for number in range(1, 4)))
    await somebody_died(database)
    replicas = [await new_lanes(database, Fragile()) for _ in range(8)]

    await asyncio.gather(*(lanes.handle_one() for lanes in replicas))
    for lanes in replicas:
        await drain(lanes)

    async with database.begin(SERVICE) as session:
        rows = (await session.scalars(select(InboxRow))).all()
    assert [(row.deaths, row.handled_at is not None) for row in rows] == [(1, True)] * 3


class CutOff(Fragile):
    """Loses the database so often."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left = times

    async def finish(self, session: Session) -> None:
        if self.left:
            self.left -= 1
            raise ConnectionResetError


async def test_p1_what_was_in_hand_at_one_outage_after_another_is_no_killer(
    database: Database,
) -> None:
    """Nobody died of it, though all who had it when the database went away died later."""
    await take(database, message(1))
    await somebody_died(database)
    handler = CutOff(8)
    while handler.left:
        lanes = await new_lanes(database, handler)
        with pytest.raises(ConnectionResetError):
            await lanes.handle_one()
        async with database.begin(SERVICE) as session:
            # Somebody else has it next.
            await reserve(session, [1])
            assert not await lanes.handle_one()
    assert await (await new_lanes(database, handler)).handle_one()

    async with database.begin(SERVICE) as session:
        row = (await session.scalars(select(InboxRow))).one()
    assert (row.deaths, row.handled_at is not None) == (1, True)
    assert handler.given_up == []


async def test_p1_what_one_replica_has_in_hand_is_counted_by_no_other(database: Database) -> None:
    await take(database, message(1))
    await somebody_died(database)
    first, second = [await new_lanes(database, Fragile()) for _ in range(2)]
    async with database.begin(SERVICE) as session:
        assert await reserve(session, [1]) == [1]
        # As in the moment between its looking and its locking.
        assert not await second.handle_one()
    assert await first.handle_one()

    async with database.begin(SERVICE) as session:
        row = (await session.scalars(select(InboxRow))).one()
    assert (row.deaths, row.handled_at is not None) == (1, True)


async def test_p1_after_an_outage_nobody_counts_as_dead_before_all_had_time_to_come_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or what each restart of the database finds in hand would look deadly in the end."""
    await take(database, message(1))
    await somebody_died(database)
    deaths = new_deaths(database)
    with monkeypatch.context() as patch:
        patch.setattr(Replica, "was_cut_off", True)
        assert await noticed(deaths, database) == 0
    assert await noticed(deaths, database) == 1
