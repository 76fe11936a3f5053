"""A courier has so many places on the way, and what took one arrives."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.methods import DeleteMessages, SendMessage, TelegramMethod

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
