"""Stopping and freezing: a deploy loses and repeats nothing, a frozen replica's work goes on."""

import signal
from itertools import cycle, islice
from random import Random

from tests.faults.conftest import NewWorld
from tests.faults.judging import close
from tests.faults.load import calls, while_talking
from tests.faults.plugin import Share
from tests.faults.script import cast

_STOPS = 100
_FREEZES = 20
_UPDATES_A_BLOW = 20
# What a stuck replica holds is free for others after so long here; in service, after a minute.
_FREED_AFTER = 3.0


async def test_p1_p12_a_replica_that_is_asked_to_stop_loses_and_repeats_nothing(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row("SIGTERM under load, two replicas")
    row.runs = share.of(_STOPS)
    async with new_world() as world:

        async def deploy() -> None:
            place = random.choice(list(world.replicas))
            # One that has barely begun has nothing to finish, and simply ends.
            assert await world.replicas[place].stop() in (0, -signal.SIGTERM)
            await world.start(place=place)

        script = await cast(world, random, row.runs * _UPDATES_A_BLOW)
        for place in range(2):
            await world.start(place=place)
        await while_talking(world, script, random, row.runs, deploy)
        verdict = await close(script, row)
        assert verdict.repeated == []


async def test_p1_p12_what_a_frozen_replica_holds_is_taken_over(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    """Whoever of them leads; and when it wakes up, what it still had in hand changes nothing."""
    row = share.row("a replica frozen under load (SIGSTOP), another goes on")
    row.runs = share.of(_FREEZES, least=2)
    patience = ("tests.faults.changes:free_what_is_stuck_after", _FREED_AFTER)
    async with new_world() as world:
        script = await cast(world, random, row.runs * _UPDATES_A_BLOW)
        for place in range(2):
            await world.start(patience, place=place)
        for place in islice(cycle(range(2)), row.runs):
            script.say(_UPDATES_A_BLOW // 2)
            await calls(world, script, random.randint(1, _UPDATES_A_BLOW // 2))
            world.replicas[place].signal(signal.SIGSTOP)
            world.cut_off += await world.in_flight()
            script.say(_UPDATES_A_BLOW // 2)
            await world.quiet()
            world.replicas[place].signal(signal.SIGCONT)
        await close(script, row)
