"""Replicas go over to the new key together, at work, or nothing is changed."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.archive.taking import take_backup
from bot.database.opening import keys_in, opened
from bot.errors import CannotOpen
from bot.keys import rotating
from bot.keys.looking import look
from bot.keys.rotating import rotate
from bot.replica.replica import Replica
from bot.settings import Settings
from bot.stopping import Stopping
from domain.enrolment.invites import issue_invites
from domain.enrolment.welcoming import enrol_with_invite
from domain.returnees.chats import returnee_of_chat
from domain.returnees.file_numbers import file_number_of, find_by_file_number
from domain.staff import actor_of
from storage.inbox.arrivals import take_in
from storage.inbox.handled import mark_handled
from storage.inbox.lanes import heads_of_lanes
from storage.inbox.opened import update_of
from storage.keys.files import add_key, read_key_file
from storage.keys.keyring import KeyMissing
from storage.kinds import NoticeClass
from storage.outbox.letters import Delivery
from storage.seals import rotation
from storage.seals.resealing import Table, tables
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Enrolment, Returnee
from storage.tables.staff import Staff
from storage.wakes import Wakes
from tests.bot.archive.world import CHAT, World, at, database_at, opens
from tests.bot.serving_health import asking
from tests.documents import put
from tests.domain.checking_in import add_person
from tests.postgres import DatabaseUrls

pytestmark = pytest.mark.timeout(180)


class Replicas:
    """Two processes' worth of work on one database, for as long as something else goes on."""

    def __init__(self, settings: Settings, urls: DatabaseUrls, world: World) -> None:
        self.database = Database(
            urls.run_url,
            keys_in(settings),
            Clock(),
            Wakes(),
            reread_keys=lambda: keys_in(settings),
        )
        self.replica = Replica(urls.run_url, self.database.wakes, self.database.keychain)
        self.world = world
        self.handled: list[tuple[int, int]] = []
        self.sent = 0

    async def work_beside(self, settings: Settings) -> None:
        stopping = Stopping()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.replica.run(stopping))
            for work in (self._hand_over, self._handle, self._handle, self._come):
                group.create_task(self._until(stopping, work))
            await rotate(settings, patience=20)
            stopping.set()
        while await self._handle():
            pass

    async def _until(self, stopping: Stopping, work: Callable[[], Awaitable[object]]) -> None:
        while not stopping.is_set():
            await work()

    async def _hand_over(self) -> None:
        """An update of each of three chats, in order."""
        self.sent += 1
        async with self.database.begin(SERVICE) as session:
            updates = [_written(chat, 1000 + 3 * self.sent + chat, self.sent) for chat in (0, 1, 2)]
            await take_in(session, updates)

    async def _handle(self) -> bool:
        async with self.database.begin(SERVICE) as session:
            rows = await heads_of_lanes(session, 3)
            for row in rows:
                message = update_of(row, session.keys).get("message")
                if message and message["chat"]["id"] < 3:
                    self.handled.append((message["chat"]["id"], message["message_id"]))
            await mark_handled(session, [row.number for row in rows])
        return len(rows) > 0

    async def _come(self) -> None:
        """The same few people, again and again; each is answered."""
        async with self.database.begin(SERVICE) as session:
            await session.execute(text("SELECT pg_advisory_xact_lock(1)"))
            for chat in range(10, 20):
                if await returnee_of_chat(session, chat) is None:
                    await add_person(session, self.world.organisation, chat)
                await put(session, chat, {"delete": [1]}, Delivery(NoticeClass.REPLY))


def _written(chat: int, number: int, message: int) -> dict[str, object]:
    return {
        "update_id": number,
        "message": {"message_id": message, "chat": {"id": chat, "type": "private"}},
    }


async def test_p1_under_traffic_every_chat_stays_in_order_and_nobody_is_there_twice(
    world: World, settings: Settings, urls: DatabaseUrls
) -> None:
    replicas = Replicas(settings, urls, world)
    await replicas.work_beside(settings)

    for chat in (0, 1, 2):
        order = [message for where, message in replicas.handled if where == chat]
        assert order == list(range(1, replicas.sent + 1))
    database = replicas.database
    assert (await opens(database, keys_in(settings)))[False] == 0
    async with database.begin(SERVICE) as session:
        people = Counter(await session.scalars(select(Returnee.chat_key)))
        assert len(people) == people.total() == 11
        lanes = await session.scalars(select(OutboxRow.lane).distinct())
        assert set(lanes) >= {session.keys.look_up(chat, "chat") for chat in range(10, 20)}
        assert [await rotation.left(session, table) for table in tables()] == [0] * len(tables())
    await database.close()


def with_own_key_file(
    settings: Settings, urls: DatabaseUrls, folder: Path
) -> tuple[Path, Database]:
    """As a replica on another machine has it, so far the same."""
    own = folder / "key-of-a-replica"
    own.write_bytes(settings.key_path.read_bytes())
    reread = partial(read_key_file, own)
    return own, Database(urls.run_url, reread(), Clock(), Wakes(), reread_keys=reread)


async def test_nothing_is_changed_while_a_replica_lacks_the_new_key(
    world: World, settings: Settings, urls: DatabaseUrls, tmp_path: Path
) -> None:
    """It has a key file of its own; when the new one comes, the next run goes on."""
    own, database = with_own_key_file(settings, urls, tmp_path)
    replica, stopping = Replica(urls.run_url, database.wakes, database.keychain), Stopping()
    async with asyncio.TaskGroup() as group:
        group.create_task(replica.run(stopping))
        with pytest.raises(CannotOpen, match="1 of 1 running replicas have not read the new key"):
            await rotate(settings, patience=4)
        assert (await look(settings)).replicas_with_newest == 0
        assert (await opens(database, read_key_file(own)))[False] == 0
        own.write_bytes(settings.key_path.read_bytes())
        assert (await rotate(settings, patience=20)).epoch == 2
        stopping.set()
    await database.close()


async def test_who_has_only_the_old_key_file_writes_nothing_and_goes_on_when_it_gets_the_new_one(
    world: World, settings: Settings, urls: DatabaseUrls, tmp_path: Path
) -> None:
    own, database = with_own_key_file(settings, urls, tmp_path)
    await rotate(settings)

    with pytest.raises(KeyMissing):
        async with database.begin(SERVICE) as session:
            await take_in(session, [{"update_id": 78}])
    async with asking(database) as health:
        assert await health.problems() == [
            "the key file lacks the key that the database is written with"
        ]
    with pytest.raises(CannotOpen, match="does not belong to this database"):
        async with opened(settings.model_copy(update={"key_file": own}), at(urls)):
            pass

    own.write_bytes(settings.key_path.read_bytes())
    async with database.begin(SERVICE) as session:
        assert await returnee_of_chat(session, CHAT) is not None
    await database.close()


async def test_a_transaction_that_waited_for_the_change_begins_with_the_new_key(
    world: World, settings: Settings, urls: DatabaseUrls
) -> None:
    add_key(settings.key_path, 2)
    database = database_at(urls, settings)

    async def write() -> int:
        async with database.begin(SERVICE) as session:
            return session.keys.current

    async with database.begin(SERVICE) as earlier:
        assert earlier.keys.current == 1
    async with asyncio.TaskGroup() as group, database.begin(SERVICE) as session:
        await rotation.change_over(session, database.keychain.held)
        waiting = group.create_task(write())
        await until_blocked(urls)
        assert not waiting.done()
    assert waiting.result() == 2
    await database.close()


async def until_blocked(urls: DatabaseUrls) -> None:
    """Returns once somebody waits for a lock."""
    engine = create_async_engine(urls.owner_url, poolclass=NullPool)
    async with engine.connect() as connection:
        for _ in range(500):
            if await connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                break
            await asyncio.sleep(0.02)
    await engine.dispose()


async def test_a_command_that_read_the_key_file_just_before_the_rotation_ended_goes_on_with_the_new(
    world: World, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told to bring a key that is there."""
    before = keys_in(settings)
    await rotate(settings, backup=tmp_path / "first")
    monkeypatch.setattr("bot.archive.taking.keys_in", lambda _: before)
    backup = await take_backup(settings, tmp_path / "second")

    assert backup.epoch == 2


async def test_a_file_number_that_comes_with_somebody_meanwhile_is_under_the_new_key(
    world: World, settings: Settings, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From an invite that still waits its turn to a person, whose turn is over."""
    database = database_at(urls, settings)
    async with database.begin(SERVICE) as session:
        vera = actor_of(await session.get_one(Staff, world.staff_id))
        here = world.organisation.id
        (invite,) = await issue_invites(session, here, actor=vera, file_number="F 7")
    await database.close()
    came: list[UUID] = []

    async def come_in(session: Session, table: Table) -> int:
        found = await rotation.left(session, table)
        if table is Enrolment:
            came.append((await enrol_with_invite(session, 77, invite.code, "sq")).id)
        return found

    monkeypatch.setattr(rotating, "left", come_in)
    await rotate(settings)
    database = database_at(urls, settings)
    async with database.begin(SERVICE) as session:
        assert await file_number_of(session, vera, came[0]) == "F 7"
        assert await find_by_file_number(session, vera, "f-7") == came[0]
    await database.close()
