"""Stopping and freezing: a deploy loses and repeats nothing, a frozen replica's work goes on."""

import asyncio
import re
import signal
from functools import partial
from itertools import cycle, islice
from random import Random
from typing import Any

import httpx
import pytest

from simulator.over_http.bot_api import execute
from tests.faults.conftest import NewWorld
from tests.faults.judging import close
from tests.faults.load import calls, while_talking
from tests.faults.plugin import Share
from tests.faults.script import cast
from tests.faults.world import World, until

_STOPS = 100
_FREEZES = 20
_UPDATES_A_BLOW = 20
_SLOW_SENDS = 10
# So often it looks at what others have leased; at the third look it would take it from a dead one.
_LOOKS_FOR_THE_DEAD = 4
# So often the trial looks at what a frozen one has on its way, until all is committed that it asked
# PostgreSQL for.
_LOOKS = 20
# What a stuck replica holds is free for others after so long here; in service, after a minute. On
# a slow machine one that is well may need some seconds.
_FREED_AFTER = 12.0


async def test_p1_p12_a_replica_that_is_asked_to_stop_loses_and_repeats_nothing(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row("SIGTERM under load, two replicas")
    row.runs = share.of(_STOPS)
    async with new_world() as world:
        script = await cast(world, random, row.runs * _UPDATES_A_BLOW)
        for place in range(2):
            await world.start(place=place)
        await while_talking(world, script, random, row.runs, partial(world.take_turns, random))
        verdict = await close(script, row)
        assert verdict.repeated == []


class SlowTelegram:
    """Takes each message at once, and answers when it is told to."""

    def __init__(self) -> None:
        self.taken = 0
        self.answers = asyncio.Event()

    async def execute(self, simulator: Any, name: str, parameters: Any) -> Any:
        answer = await execute(simulator, name, parameters)
        if name == "sendMessage":
            self.taken += 1
            await self.answers.wait()
        return answer


async def test_p1_p12_a_replica_that_is_asked_to_stop_while_telegram_is_slow_repeats_nothing(
    new_world: NewWorld, share: Share, random: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though another one is there, which takes over what the dead had on its way."""
    row = share.row("SIGTERM while Telegram is slow, two replicas")
    row.runs = _SLOW_SENDS
    telegram = SlowTelegram()
    monkeypatch.setattr("simulator.over_http.bot_api.execute", telegram.execute)
    async with new_world() as world:
        script = await cast(world, random, row.runs)
        stopped = await world.start()
        script.say(script.left)
        await world.until(lambda: telegram.taken >= row.runs)
        await world.start(place=1)
        await world.answers(1)
        stopped.send_signal(signal.SIGTERM)
        await _looks_for_the_dead(world, 1)
        assert stopped.lives
        telegram.answers.set()
        assert await asyncio.shield(stopped.ended) == 0
        verdict = await close(script, row)
        assert verdict.repeated == []
        assert "replica.died" not in world.log.read_text()


async def _looks_for_the_dead(world: World, place: int) -> None:
    """Returns once the replica in that place has done so a few times."""
    done = re.compile(
        r'^wayhome_ticks_total\{outcome="done",tick="take-over"\} (\S+)', re.MULTILINE
    )
    async with httpx.AsyncClient(timeout=60) as client:

        async def looks() -> float:
            page = await client.get(f"{world.address(place)}/metrics")
            found = done.search(page.text)
            return float(found[1]) if found else 0.0

        enough = await looks() + _LOOKS_FOR_THE_DEAD

        async def so() -> bool:
            return await looks() >= enough

        await until(so)


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
            world.replicas[place].send_signal(signal.SIGSTOP)
            # What it asked PostgreSQL to commit is still committed, and is claimed a moment later.
            for _ in range(_LOOKS):
                await world.cut_off_at(world.replicas[place])
            script.say(_UPDATES_A_BLOW // 2)
            await world.quiet()
            world.replicas[place].send_signal(signal.SIGCONT)
        await close(script, row)
