"""A channel that hangs holds up nobody else's alerts, nor the end of the process for long (P2)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, update

from bot.channels import caller as caller_module
from bot.channels import reaching
from bot.channels.caller import Caller
from bot.stopping import Stopping
from domain.channels import keeping
from locales.catalogues import Catalogues
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.channels import AlertChannel, ChannelCall
from storage.wakes import Topic
from tests.bot.channels.calling import call_all, call_some
from tests.bot.channels.mailbox import mailbox
from tests.bot.guard.hearing import somebody_hears
from tests.domain.centre import Centre

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

# More than any pool of threads on a small machine.
HANGING = 12


@dataclass
class Void:
    """Takes every connection and says nothing."""

    port: int = 0
    held: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._count(+1)
        await self.over.wait()
        await self._count(-1)
        writer.close()

    async def holds(self, number: int) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: self.held == number)

    async def _count(self, one: int) -> None:
        async with self.changed:
            self.held += one
            self.changed.notify_all()


@asynccontextmanager
async def nothing_is_said() -> AsyncIterator[Void]:
    void = Void()
    server = await asyncio.start_server(void.connected, "127.0.0.1", 0)
    void.port = server.sockets[0].getsockname()[1]
    try:
        yield void
    finally:
        server.close()
        void.over.set()
        await void.holds(0)


@pytest.fixture
def caller(centre: Centre) -> Caller:
    return Caller(centre.database, Catalogues.load(), "https://wayhome.example.org", ["127.0.0.1"])


async def shares(centre: Centre, *addresses: str) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita")
    async with centre.database.begin(centre.organisation.id) as session:
        for address in addresses:
            await keeping.add_channel(session, chief, address, shared=True)


async def test_p2_mail_servers_and_webhooks_that_hang_hold_up_no_other_alert(
    centre: Centre, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller_module, "_LAST_WORDS", 0.1)
    stopping = Stopping()
    async with (
        nothing_is_said() as void,
        somebody_hears() as hearing,
        mailbox() as box,
        asyncio.TaskGroup() as group,
    ):
        hanging = [
            f"mailto://127.0.0.1:{void.port}?from=a@example.org&to=b@example.org&mode=insecure",
            f"json://127.0.0.1:{void.port}/alarm?rto=20",
        ] * (HANGING // 2)
        refused = "json://127.0.0.1:1/alarm"
        await shares(centre, *hanging, refused)
        running = group.create_task(caller.run(stopping))
        await void.holds(HANGING)
        await shares(centre, hearing.address, box.address)
        case = await centre.signal(await centre.person(), Severity.EMERGENCY)
        await hearing.until(lambda: any(case.code in words for _, words in hearing.alarms))
        await box.until(lambda: any(case.code in mail.as_string() for mail in box.mails))
        assert void.held == HANGING
        stopping.set()
        await running
        assert void.held == HANGING


async def test_p2_channels_that_fail_leave_room_for_those_that_work_however_many_they_are(
    centre: Centre, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller_module, "_MOST_AT_ONCE", 4)
    monkeypatch.setattr(caller_module, "_MOST_FAILING", 2)
    await shares(centre, *[f"json://127.0.0.1:{port}/alarm" for port in range(1, 6)])
    async with centre.database.begin(SERVICE) as session:
        await session.execute(update(AlertChannel).values(failing_since=session.now))
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    assert [due.failing for due in await caller.take_some()] == [True] * 2
    await shares(centre, *[f"json://127.0.0.1:{port}/alarm" for port in range(6, 9)])
    assert [due.failing for due in await caller.take_some()] == [False] * 2
    caller._busy.clear()
    assert [due.failing for due in await caller.take_some()] == [False, True, True]


async def test_p2_what_hangs_is_given_up_after_a_while_and_counts_as_failed(
    centre: Centre, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "_PATIENCE", 0.2)
    async with nothing_is_said() as void:
        await shares(centre, f"json://127.0.0.1:{void.port}/alarm?rto=20")
        assert await call_some(caller)
    async with centre.database.begin(SERVICE) as session:
        [channel] = (await session.scalars(select(AlertChannel))).all()
        [call] = (await session.scalars(select(ChannelCall))).all()
        assert channel.failing_since is not None
        assert call.next_try_at > session.database_now


async def test_p2_what_is_being_said_when_it_is_time_to_stop_is_said_to_its_end(
    centre: Centre, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another would say it once more."""
    stopping, saying, taken = Stopping(), asyncio.Event(), asyncio.Event()

    async def slow(*_: object) -> bool:
        saying.set()
        await taken.wait()
        return True

    monkeypatch.setattr(caller_module, "reach", slow)
    await shares(centre, "json://127.0.0.1:1/alarm")
    await centre.signal(await centre.person(), Severity.EMERGENCY)
    async with asyncio.TaskGroup() as group:
        group.create_task(caller.run(stopping))
        await saying.wait()
        stopping.set()
        for _ in range(5):
            await asyncio.sleep(0)
        taken.set()

    async with centre.database.begin(SERVICE) as session:
        begun = select(ChannelCall).where(ChannelCall.attempts > 0)
        assert (await session.scalars(begun)).all() == []


async def test_one_channel_takes_one_thing_at_a_time_and_all_of_them_in_the_end(
    centre: Centre, caller: Caller
) -> None:
    async with somebody_hears() as hearing:
        await shares(centre, hearing.address)
        codes = []
        for _ in range(3):
            case = await centre.signal(await centre.person(), Severity.EMERGENCY)
            codes.append(case.code)
        assert len(await caller.take_some()) == 1
        assert await caller.take_some() == []
        caller._busy.clear()
        await call_all(caller)
        said = "".join(words for _, words in hearing.alarms)
        assert [code in said for code in codes] == [True] * 3


async def test_an_alert_wakes_whoever_speaks_to_channels(centre: Centre) -> None:
    await shares(centre, "json://127.0.0.1:1/alarm")
    async with centre.database.wakes.waiting(Topic.CHANNELS) as woken:
        await centre.signal(await centre.person(), Severity.EMERGENCY)
        assert woken.is_set()
