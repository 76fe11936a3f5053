"""What a house runs on: the parts that are made once for all examples, and its processes."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from aiogram import Bot
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.clockwork.clockwork import Clockwork
from bot.clockwork.ticks import TICKS
from bot.delivery.courier import Courier
from bot.lanes.current import Current
from bot.lanes.dialog_states import DialogStates
from bot.lanes.handling import Handling
from bot.lanes.lanes import Lanes
from bot.lanes.windows import WindowsToOutbox
from bot.metrics.metrics import Metrics
from domain.distress import Watch
from handlers.dispatcher import create_dispatcher
from locales.catalogues import Catalogues
from storage.away import AWAY
from storage.sessions import Clock, Database
from storage.wakes import Wakes
from tests.bot.outgoing import HURRIED
from tests.model.chance import Chance
from tests.model.faults import Faults
from tests.model.rotation import FIRST
from tests.model.time import Time
from tests.postgres import DatabaseUrls

# In one step of a process; whatever takes more goes round in a ring.
MOST_ROUNDS = 200


@dataclass(frozen=True)
class Machinery:
    """What takes long to make, and remembers nothing: made once for all examples."""

    database: Database
    owner: AsyncEngine
    time: Time
    faults: Faults
    watch: Watch
    catalogues: Catalogues
    chance: Chance

    @classmethod
    async def build(cls, urls: DatabaseUrls) -> "Machinery":
        owner = create_async_engine(urls.owner_url)
        await Time.bend(owner, str(owner.url.database))
        await owner.dispose()
        database = Database(urls.run_url, FIRST, Clock(), Wakes())
        faults = Faults()
        faults.watch(database.engine)
        return cls(database, owner, Time(owner), faults, Watch.load(), Catalogues.load(), Chance())

    async def close(self) -> None:
        self.chance.end()
        await self.database.close()
        await self.owner.dispose()


class Replica:
    """One process of Wayhome, driven step by step."""

    def __init__(self, machinery: Machinery, bot: Bot) -> None:
        current = Current()
        dispatcher = create_dispatcher(
            DialogStates(current),
            WindowsToOutbox(current),
            machinery.catalogues,
            machinery.watch,
        )
        database, metrics = machinery.database, Metrics()
        handling = Handling(bot, dispatcher, machinery.watch, current)
        self.lanes = Lanes(database, handling, metrics)
        self.courier = Courier(database, bot, machinery.catalogues, HURRIED, metrics)
        self.clockwork = Clockwork(database, TICKS, metrics)

    async def handle(self, most: int = 1000) -> None:
        for _ in range(most):
            if not await self.lanes.handle_one():
                return

    async def deliver(self) -> None:
        for _ in range(MOST_ROUNDS):
            async with asyncio.TaskGroup() as group:
                try:
                    more = await self.courier.deliver_some(group)
                except AWAY:
                    # What was taken before still arrives, as when the courier runs by itself.
                    return
            if more is None or more > timedelta():
                return

    async def tick(self) -> None:
        await self.clockwork.tick_all()
