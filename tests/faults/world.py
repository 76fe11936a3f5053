"""A Telegram, a database, an organisation at work, and replicas that come and go."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from random import Random
from uuid import UUID

import httpx
from sqlalchemy import func, select

from bot.commands.exit_codes import BROKEN_OFF
from bot.database.opening import CLOCK_FACT
from bot.lanes.setting_aside import MOST_DEATHS
from simulator.memory.users import User
from storage.away import AWAY
from storage.keys.files import read_key_file
from storage.kinds import OutboxState, Role
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE, Clock, Database
from storage.tables.inbox import InboxRow
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.service import Fact
from storage.wakes import Wakes
from tests.domain.centre import Centre
from tests.faults.points import Intake
from tests.forking.nursery import Change, Child, Nursery
from tests.process import Operator, free_port, operator_of
from tests.simulator_server import RunningSimulator, running_simulator

HASTE = ("tests.faults.haste:make",)
SECRET = "a-secret-of-these-trials"  # opens nothing
_LOOK = 0.02
# The same where the database is asked, which has replicas to answer.
_LOOK_THERE = 0.1
# Generous: a trial that waits so long has failed.
PATIENCE = 300.0
_IDLE_FOR = 0.5
_ON_DUTY = 2
_UNHANDLED = InboxRow.handled_at.is_(None) & InboxRow.set_aside_at.is_(None)


@dataclass
class World:
    nursery: Nursery
    telegram: RunningSimulator
    operator: Operator
    database: Database
    organisation: Organisation
    staff: Sequence[User]
    #: The number of the last update before all those that a trial is about.
    before_all: int
    replicas: dict[int, Child] = field(default_factory=dict)
    started: int = 0
    #: The sends that were cut off on their way: each as it stood with one taker, and its chat. Each
    #: of these may come once more, and nothing else.
    cut_off: dict[tuple[UUID, int], int] = field(default_factory=dict)
    _ports: dict[int, int] = field(default_factory=dict)

    async def start(self, *changes: Change, place: int = 0) -> Child:
        """A replica in that place, where none lives."""
        port = self._ports.setdefault(place, free_port() if place else self.operator.port)
        env = self.operator.env | {"WAYHOME_PORT": str(port)}
        folder = self.operator.folder
        replica = await self.nursery.start_logging(["run"], env, folder, self.log, HASTE, *changes)
        self.replicas[place] = replica
        self.started += 1
        return replica

    async def end(self) -> None:
        for replica in self.replicas.values():
            await replica.kill()

    def reader(self) -> User:
        """Somebody with a phone that the bot may write to."""
        user = self.telegram.add_user()
        user.started = True
        return user

    def address(self, place: int = 0) -> str:
        return f"http://127.0.0.1:{self._ports[place]}"

    async def answers(self, place: int = 0) -> None:
        """Returns once the replica in that place does so."""

        async def alive() -> bool:
            with suppress(httpx.TransportError):
                return (await client.get(f"{self.address(place)}/healthz")).is_success
            return False

        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            await until(alive)

    def shown(self, chat: int, number: int) -> str:
        """What stands on that phone under that number."""
        message = self.telegram.simulator.chat(chat).messages.get(number)
        return message.words if message else ""

    @property
    def log(self) -> Path:
        return self.operator.folder / "replicas.log"

    def handed_over(self) -> bool:
        """Telegram has nothing more to tell."""
        return not self.telegram.simulator.updates.waiting

    @property
    def handed_out(self) -> set[int]:
        """The numbers of all updates that Telegram had, and has no more."""
        simulator = self.telegram.simulator
        numbers = range(self.before_all + 1, simulator.world.last_update_id + 1)
        waiting = {pending.update["update_id"] for pending in simulator.updates.waiting}
        return set(numbers) - waiting

    async def take_turns(self, random: Random) -> None:
        """A replica ends and another comes, as a deploy has it."""
        place = random.choice(list(self.replicas))
        code = await self.replicas[place].stop()
        # One that has barely begun has nothing to finish: it simply ends, or is broken off.
        assert code in (0, -signal.SIGTERM, BROKEN_OFF), (code, self.tail())
        await self.start(place=place)

    async def until(self, look: Callable[[], object], patience: float = PATIENCE) -> None:
        """Returns once that is so."""

        async def so() -> bool:
            return bool(look())

        await until(so, patience)

    async def quiet(self, patience: float = PATIENCE) -> None:
        """Returns once everything that was said has been handled, and every answer sent.

        However much waits, it must become less and less, and never stay as it is for longer.
        """
        fewest = await self._unfinished()

        async def fewer() -> bool:
            return await self._unfinished() < fewest

        while fewest:
            try:
                await until(fewer, patience, every=_LOOK_THERE)
            except TimeoutError:
                pending = len(self.telegram.simulator.updates.waiting)
                raise AssertionError(
                    f"for {patience} s no less: {pending} updates at Telegram, (inbox, outbox) hold"
                    f" {await self._waiting()}; {self.tail()}"
                ) from None
            fewest = min(fewest, await self._unfinished())

    async def _unfinished(self) -> float:
        return len(self.telegram.simulator.updates.waiting) + sum(await self._waiting())

    async def idle(self) -> None:
        """Returns once there has been nothing for a replica to take for a while.

        Rows that a dead one has taken may still be waiting for their lease to end.
        """
        loop = asyncio.get_running_loop()
        since = loop.time()
        while loop.time() - since < _IDLE_FOR:
            await asyncio.sleep(_LOOK_THERE)
            if not self.handed_over() or any(await self._waiting(leased=False)):
                since = loop.time()

    async def _waiting(self, *, leased: bool = True) -> tuple[float, float]:
        """How much waits in the inbox and in the outbox; no end of it while nobody can say."""
        unsent = OutboxRow.state == OutboxState.WAITING
        if not leased:
            unsent &= OutboxRow.leased_until.is_(None)
        inbox = select(func.count()).select_from(InboxRow).where(_UNHANDLED).scalar_subquery()
        outbox = select(func.count()).select_from(OutboxRow).where(unsent).scalar_subquery()
        try:
            async with self.database.begin(SERVICE) as session:
                waiting = (await session.execute(select(inbox, outbox))).one()
        except AWAY:
            return inf, inf
        return waiting[0], waiting[1]

    async def nobody_looks_deadly(self) -> None:
        """Returns once no update was there at so many deaths that the next is put down to it, nor
        will be when it is taken up once more before whoever asked strikes.
        """

        async def so() -> bool:
            try:
                async with self.database.begin(SERVICE) as session:
                    deaths = await session.scalar(
                        select(func.max(InboxRow.deaths)).where(_UNHANDLED)
                    )
            except AWAY:  # Nobody has anything in hand then.
                return True
            return (deaths or 0) < MOST_DEATHS - 1

        await until(so, every=_LOOK_THERE)

    async def cut_off_at(self, *struck: Child) -> None:
        """Notes what is with Telegram, or may be, for all that the database knows, and whose taker
        is one of these or does not live any more. What others have on their way arrives.
        """
        unharmed = [
            child.pid for child in self.replicas.values() if child.lives and child not in struck
        ]
        query = select(OutboxRow).where(
            OutboxRow.state == OutboxState.WAITING,
            OutboxRow.leased_until.is_not(None),
            OutboxRow.taker.not_in(unharmed),
        )
        async with self.database.begin(SERVICE) as session:
            for row in await session.scalars(query):
                self.cut_off[row.id, row.fence] = chat_of(row, session.keys)

    async def set_clock(self, moment: datetime) -> None:
        """The rules' clock, for the replicas that start from now on."""
        offset = moment - datetime.now(UTC)
        self.database.clock.offset = offset
        async with self.database.begin(SERVICE) as session:
            value = {"seconds": offset.total_seconds()}
            await session.merge(Fact(name=CLOCK_FACT, value=value, changed_at=session.now))

    def tail(self) -> str:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return "\n".join(["the log ends:", *lines[-20:]])


async def until(
    look: Callable[[], Awaitable[bool]], patience: float = PATIENCE, *, every: float = _LOOK
) -> None:
    """Returns once that is so."""
    async with asyncio.timeout(patience):
        while True:
            if await look():
                return
            await asyncio.sleep(every)


@asynccontextmanager
async def world(
    nursery: Nursery,
    url: str,
    folder: Path,
    *,
    intake: Intake = "polling",
    entrance: str | None = None,
    **settings: str,
) -> AsyncIterator[World]:
    """With an organisation and two of its staff on duty. `entrance` is the replicas' way to the
    database, where it is not the test's own.
    """
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(running_simulator())
        # The whole log is evidence.
        telegram.simulator.log.calls = type(telegram.simulator.log.calls)()
        operator = operator_of(folder, entrance or url, telegram, **settings)
        operator.env["WAYHOME_TELEGRAM_RATE"] = "1000"
        if intake == "webhook":
            operator.env["WAYHOME_WEBHOOK_URL"] = f"http://127.0.0.1:{operator.port}"
            operator.env["WAYHOME_WEBHOOK_SECRET"] = SECRET
        clock = Clock()
        database = Database(url, read_key_file(folder / "key"), clock, Wakes())
        stack.push_async_callback(database.close)
        centre = await Centre.open(database, clock)
        staff = [telegram.add_user(f"Staff {number}") for number in range(_ON_DUTY)]
        for member in staff:
            telegram.simulator.phones.start(member.id)
            await centre.colleague(
                Role.CASEWORKER, name=member.first_name, chat=member.id, on_duty=True
            )
        telegram.simulator.updates.clear()
        last = telegram.simulator.world.last_update_id
        made = World(nursery, telegram, operator, database, centre.organisation, staff, last)
        stack.push_async_callback(made.end)
        yield made
