"""A courier has so many places on the way, and what took one arrives."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.methods import DeleteMessages, SendMessage, TelegramMethod
from sqlalchemy import text

from bot.delivery.claiming import LEASE, claim
from bot.delivery.courier import Courier
from bot.metrics.metrics import Metrics
from bot.stopping import Stopping
from locales.catalogues import Catalogues
from storage.kinds import NoticeClass, OutboxState
from storage.outbox.letters import Delivery
from storage.sessions import SERVICE, Database
from tests.bot.delivering import user, words
from tests.bot.outgoing import HURRIED, row, say
from tests.documents import put
from tests.simulator_server import PATIENCE, RunningSimulator


class Faulty(Courier):
    """Fails once something is on its way."""

    async def deliver_some(self, group: asyncio.TaskGroup) -> timedelta | None:
        await super().deliver_some(group)
        raise LookupError


class Small(Courier):
    """Two of its places are anybody's."""

    @property
    def most_on_the_way(self) -> int:
        return 12


class Slow(Bot):
    """Its answers come when the test lets them."""

    def __init__(self) -> None:
        super().__init__("42:test")
        self.asked: asyncio.Queue[TelegramMethod[Any]] = asyncio.Queue()
        self.answers = asyncio.Semaphore(0)

    async def __call__(
        self, method: TelegramMethod[Any], request_timeout: int | None = None
    ) -> Any:
        self.asked.put_nowait(method)
        await self.answers.acquire()


class Woken(Stopping):
    """Whoever waits is woken, and looks again by no time."""

    def __init__(self) -> None:
        super().__init__()
        self._waits_for: asyncio.Event | None = None

    async def wait_for(self, woken: asyncio.Event, seconds: float) -> None:
        self._waits_for = woken
        await super().wait_for(woken, timedelta(hours=1).total_seconds())
        self._waits_for = None

    async def for_a_courier_at_rest(self) -> None:
        while self._waits_for is None or self._waits_for.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_a_courier_whose_places_are_all_taken_goes_on_as_soon_as_some_are_free(
    database: Database,
) -> None:
    """Which they are once it has tidied up, too."""
    bot, stopping = Slow(), Woken()
    courier = Small(database, bot, Catalogues.load(), HURRIED, Metrics())
    for chat in range(3):
        await say(database, 700 + chat, "hello", replaces=5)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(courier.run(stopping))
        for called in (SendMessage, DeleteMessages):
            for _ in range(2):
                assert isinstance(await bot.asked.get(), called)
            await stopping.for_a_courier_at_rest()
            assert bot.asked.empty()
            for _ in range(2):
                bot.answers.release()
        assert isinstance(await bot.asked.get(), SendMessage)
        stopping.set()
        for _ in range(2):
            bot.answers.release()


async def test_p1_what_is_urgent_finds_a_place_though_telegram_answers_nothing(
    database: Database,
) -> None:
    """However many others were there before it, and more places were free than are kept for it."""
    bot, stopping = Slow(), Woken()
    courier = Small(database, bot, Catalogues.load(), HURRIED, Metrics())
    for chat in range(courier.most_on_the_way):
        await say(database, 700 + chat, "hello")
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(courier.run(stopping))
        for _ in range(2):
            await bot.asked.get()
        await stopping.for_a_courier_at_rest()
        async with database.begin(SERVICE) as session:
            window = {"window": {"text": "help", "markup": None}}
            await put(session, 800, window, Delivery(NoticeClass.REPLY, priority=0))
        urgent = await bot.asked.get()
        assert isinstance(urgent, SendMessage)
        assert urgent.text == "help"
        stopping.set()
        for _ in range(3):
            bot.answers.release()


async def _a_lease_passes(database: Database, courier: Courier, leases: int = 1) -> None:
    """And the database was away meanwhile."""
    ahead = leases * LEASE.total_seconds()
    courier._on_the_way.clock = lambda: time.monotonic() + ahead
    async with database.begin(SERVICE) as session:
        await session.execute(text("UPDATE outbox SET leased_until = clock_timestamp()"))


async def _taken_by_another(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return len((await claim(session, HURRIED, 10)).rows)


async def test_p12_what_takes_longer_than_a_lease_is_sent_once(database: Database) -> None:
    """Race: Telegram answers late, or the report waits, and the lease is over."""
    bot = Slow()
    courier = Courier(database, bot, Catalogues.load(), HURRIED, Metrics())
    sent = await say(database, 700, "hello")
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        await courier.deliver_some(group)
        await bot.asked.get()
        await _a_lease_passes(database, courier)
        assert await courier.deliver_some(group) is None
        assert await _taken_by_another(database) == 0
        bot.answers.release()

    assert bot.asked.empty()
    arrived = await row(database, sent)
    assert (arrived.state, arrived.fence) == (OutboxState.SENT, 1)


async def test_p12_what_is_on_its_way_as_a_process_stops_is_taken_by_nobody_else(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.on_the_way._LOOK_AGAIN", 0.01)
    bot, stopping = Slow(), Stopping()
    courier = Courier(database, bot, Catalogues.load(), HURRIED, Metrics())
    sent = await say(database, 700, "hello")
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(courier.run(stopping))
        await bot.asked.get()
        stopping.set()
        await _a_lease_passes(database, courier)
        while await _is_anybodys(database):
            pass
        assert await _taken_by_another(database) == 0
        bot.answers.release()

    assert (await row(database, sent)).state is OutboxState.SENT


async def _is_anybodys(database: Database) -> bool:
    async with database.begin(SERVICE) as session:
        return bool(await session.scalar(text("SELECT leased_until < now() FROM outbox")))


@pytest.mark.parametrize("began", [True, False])
async def test_p1_what_a_task_that_was_cancelled_had_in_hand_is_taken_again(
    database: Database, began: bool
) -> None:
    bot = Slow()
    courier = Courier(database, bot, Catalogues.load(), HURRIED, Metrics())
    await say(database, 700, "hello")
    others = asyncio.all_tasks()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        await courier.deliver_some(group)
        (bringing,) = asyncio.all_tasks() - others
        if began:
            await bot.asked.get()
        bringing.cancel()
        await asyncio.wait([bringing])
        await _a_lease_passes(database, courier)
        await courier.deliver_some(group)
        await bot.asked.get()
        bot.answers.release()


async def test_p1_what_has_not_arrived_after_ten_minutes_is_taken_for_stuck(
    database: Database,
) -> None:
    bot = Slow()
    courier = Courier(database, bot, Catalogues.load(), HURRIED, Metrics())
    await say(database, 700, "hello")
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        await courier.deliver_some(group)
        await bot.asked.get()
        await _a_lease_passes(database, courier, leases=11)
        await courier.deliver_some(group)
        await bot.asked.get()
        for _ in range(2):
            bot.answers.release()


async def test_p12_what_is_on_its_way_arrives_whatever_else_fails(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    sent = await say(database, person.id, "hello")
    faulty = Faulty(database, courier.bot, courier.catalogues, HURRIED, Metrics())
    with pytest.raises(LookupError):
        await faulty.run(Stopping())

    assert words(telegram, person) == ["hello"]
    assert (await row(database, sent)).state is OutboxState.SENT
