"""An update that kills whatever handles it stops neither its chat nor the service (P1)."""

import asyncio
import signal

from tests.faults.conftest import NewWorld
from tests.faults.judging import Verdict, gather, judge_alerts, judge_call
from tests.faults.plugin import Share
from tests.faults.script import crier, say
from tests.faults.world import World
from tests.forking.nursery import Child

_DEADLY = "the words that no process survives"
_MOST_LIVES = 20


async def test_p1_an_update_that_kills_its_process_is_put_before_a_human(
    new_world: NewWorld, share: Share
) -> None:
    row = share.row("an update that kills whatever handles it")
    async with new_world() as world:
        person = crier(world.reader(), after=[_DEADLY, "are you there?"])
        other = crier(world.reader())
        replica = await world.start()
        say(world, person.lines[0])
        await world.quiet()
        assert await replica.stop() == 0
        for line in (*person.lines[1:], *other.lines):
            say(world, line)
        for _ in range(_MOST_LIVES):
            replica = await world.start(("tests.faults.changes:die_of", _DEADLY))
            if await _survives(world, replica):
                break
            assert replica.ended.result() == -signal.SIGKILL, world.tail()
            row.runs += 1
        row.processes = world.started
        evidence, verdict = await gather(world), Verdict()
        for who in (person, other):
            judge_call(who, evidence, verdict)
        judge_alerts(world, evidence, verdict)
        verdict.enter(row)
        assert evidence.set_aside == 1


async def _survives(world: World, replica: Child) -> bool:
    """Whether everything is done before it dies."""
    working = asyncio.ensure_future(world.quiet())
    await asyncio.wait((working, replica.ended), return_when=asyncio.FIRST_COMPLETED)
    working.cancel()
    return replica.lives
