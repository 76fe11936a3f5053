"""Clocks that step, schedulers that were away, and two of them at once (P2, P3, P12)."""

import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.conftest import NewWorld
from tests.faults.planning import plan
from tests.faults.plugin import Share
from tests.faults.world import World, until

_DAY = 86400.0
_STEPS = (-_DAY, _DAY, -5.0)
_CHECK_INS_MISSED = 1_000
_CHECK_INS_AT_ONCE = 10_000
_AWAY = timedelta(hours=6)
# In every safe window.
_NOON = datetime.now(UTC).replace(hour=12, minute=0) + timedelta(days=1)


async def test_p2_ticks_go_on_whatever_the_machines_clock_does(
    new_world: NewWorld, share: Share
) -> None:
    row = share.row("the wall clock steps by a day back and ahead, and by 5 s back")
    async with new_world() as world:
        # Each is a fault of its own, so none is left out of a smaller share.
        for step in _STEPS:
            change = ("tests.faults.changes:step_the_clock_on_signal", step)
            replica = await world.start(change)
            await world.answers()
            await _ticks(world, 1)
            replica.send_signal(signal.SIGUSR1)
            await _ticks(world, await _escalations(world) + 3)
            await replica.kill()
        row.runs, row.processes = len(_STEPS), world.started


async def _ticks(world: World, number: float) -> None:
    async def so_many() -> bool:
        return await _escalations(world) >= number

    await until(so_many)


async def _escalations(world: World) -> float:
    """How many ticks of the escalation have ended well."""
    async with httpx.AsyncClient(timeout=30) as client:
        page = (await client.get(f"{world.address()}/metrics")).text
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if sample.name == "wayhome_ticks_total" and sample.labels == {
                "tick": "escalate",
                "outcome": "done",
            }:
                return sample.value
    return 0.0


def prompts(world: World) -> Counter[int]:
    """How many prompts each phone has had."""
    sent = (call for call in world.telegram.calls("sendMessage") if call.ok)
    return Counter(int(call.params["chat_id"]) for call in sent)


async def test_p3_p12_check_ins_that_a_stopped_scheduler_missed_are_raised_once(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row("the scheduler was away for six hours")
    row.runs = share.of(_CHECK_INS_MISSED)
    async with new_world() as world:
        await world.set_clock(_NOON)
        phones = await plan(world, row.runs, random, _AWAY)
        await world.set_clock(_NOON + _AWAY)
        back = time.monotonic()
        await world.start()
        await _until_asked(world, phones)
        row.notes.append(f"all asked {time.monotonic() - back:.1f} s after it was back")
        row.processes = world.started
        assert prompts(world) == Counter(phones)


async def test_p12_two_schedulers_at_once_ask_nobody_twice(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row("two schedulers, all check-ins due at once")
    row.runs = share.of(_CHECK_INS_AT_ONCE)
    async with new_world() as world:
        await world.set_clock(_NOON)
        phones = await plan(world, row.runs, random, timedelta())
        await world.start()
        await world.start(place=1)
        await _until_asked(world, phones)
        row.processes = world.started
        asked = prompts(world)
        row.repeated = sum(asked.values()) - len(phones)
        assert asked == Counter(phones)


async def _until_asked(world: World, phones: list[int]) -> None:
    """And until no replica has anything left to do."""
    await world.until(lambda: len(prompts(world)) == len(phones), patience=10 * 60)
    await world.idle()
