"""An update that kills whatever handles it stops neither its chat nor the service (P1)."""

import asyncio
import signal

from sqlalchemy import func, select

from domain.messages import body_of
from storage.cases import Case, Message
from storage.inbox import InboxRow
from storage.kinds import Severity
from storage.sessions import SERVICE
from tests.faults.conftest import NewWorld
from tests.faults.plugin import Share
from tests.faults.world import World
from tests.forking.nursery import Child

_DEADLY = "the words that no process survives"
_MOST_LIVES = 20


async def test_p1_an_update_that_kills_its_process_is_put_before_a_human(
    new_world: NewWorld, share: Share
) -> None:
    row = share.row("an update that kills whatever handles it")
    async with new_world() as world:
        person, other = world.reader(), world.reader()
        replica = await world.start()
        world.telegram.send_text(person, "he locked me in and took my passport")
        await world.quiet()
        assert await replica.stop() == 0
        world.telegram.send_text(person, _DEADLY)
        world.telegram.send_text(person, "are you there?")
        world.telegram.send_text(other, "he locked me in and took my passport")
        for _ in range(_MOST_LIVES):
            replica = await world.start(("tests.faults.changes:die_of", _DEADLY))
            if await _survives(world, replica):
                break
            assert replica.ended.result() == -signal.SIGKILL, world.tail()
            row.runs += 1
        row.processes = world.started
        async with world.database.begin(SERVICE) as session:
            aside = select(func.count()).where(InboxRow.set_aside_at.is_not(None))
            assert await session.scalar(aside) == 1
            cases = (await session.scalars(select(Case))).all()
            assert [case.severity for case in cases] == [Severity.EMERGENCY] * 2
            kept = [await body_of(session, kept) for kept in await session.scalars(select(Message))]
        said = [body["text"] for body in kept]
        row.lost = sum(words not in said for words in (_DEADLY, "are you there?"))
        assert row.lost == 0, said


async def _survives(world: World, replica: Child) -> bool:
    """Whether everything is done before it dies."""
    working = asyncio.ensure_future(world.quiet())
    await asyncio.wait((working, replica.ended), return_when=asyncio.FIRST_COMPLETED)
    working.cancel()
    return replica.lives
