"""kill -9 at every instrumented point, and at any time (P1, P12)."""

import asyncio
import inspect
import signal
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from bot.lanes.setting_aside import MOST_DEATHS
from tests.faults.conftest import NewWorld
from tests.faults.judging import close
from tests.faults.load import kill_one, while_talking
from tests.faults.plugin import Row, Share
from tests.faults.points import INTAKES, POINTS, Intake, Point
from tests.faults.script import Person, Script, cast
from tests.faults.world import World
from tests.forking.names import find
from tests.forking.nursery import Child

_SEEDS = 25
_UPDATES = 500
_KILLS = 100
_UPDATES_A_LIFE = _UPDATES // _SEEDS
# So many are said at once, and the next when Telegram has handed them over.
_AT_ONCE = 5
# The fewest of which each part of the script gets some.
_UPDATES_OF_EVERY_KIND = 25
# One fewer than set an update aside for good: what is there at each of them looks deadly itself.
_IN_A_ROW = MOST_DEATHS - 1

Death = tuple[Point, int]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_every_point_names_code_that_is_still_there(point: Point) -> None:
    assert inspect.isfunction(find(point.place))


def test_there_are_at_least_forty_points_and_no_two_alike() -> None:
    assert len({point.name for point in POINTS}) == len(POINTS) >= 40


@pytest.mark.parametrize("intake", INTAKES)
async def test_a_replica_passes_every_point(
    new_world: NewWorld, random: Random, tmp_path: Path, intake: Intake
) -> None:
    """Also of those whose name is still there, but which nothing calls any more."""
    (passed := tmp_path / "passed").touch()
    expected = {point.name for point in POINTS if point.intake in (intake, None)}

    def missed() -> set[str]:
        return expected - set(passed.read_text().splitlines())

    async with new_world(intake=intake) as world:
        script = await cast(world, random, _UPDATES_OF_EVERY_KIND)
        script.say(script.left)
        await world.start(("tests.faults.points:note_passing", str(passed)))
        with suppress(TimeoutError):
            await world.until(lambda: not missed(), patience=100)
    assert missed() == set()


async def test_p1_p12_killed_at_any_point_a_replica_loses_nothing(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row("kill -9 at instrumented points")
    chosen = 0
    for intake, deaths in _worlds(random, share).items():
        points = {point for point, _ in deaths}
        chosen += len(points)
        for first in range(0, len(deaths), _SEEDS):
            async with new_world(intake=intake) as world:
                points -= await _die(world, random, deaths[first : first + _SEEDS], row)
        if points:
            async with new_world(intake=intake) as world:
                await _die_at_each(world, random, points, row)
    row.notes.append(f"{chosen} points, each of them deadly")


def _worlds(random: Random, share: Share) -> dict[Intake, list[Death]]:
    """Which deaths are died where updates are asked for, and which where they are brought."""
    deaths = [(point, random.randint(1, point.passes)) for point in POINTS for _ in range(_SEEDS)]
    worlds: dict[Intake, list[Death]] = {intake: [] for intake in INTAKES}
    for point, nth in random.sample(deaths, share.of(len(deaths))):
        intake = random.choice(INTAKES) if point.intake is None else point.intake
        worlds[intake].append((point, nth))
    return worlds


async def _die(world: World, random: Random, deaths: Sequence[Death], row: Row) -> set[Point]:
    """A life for each death, with a share of the updates, now and then a quiet one; then one that
    tidies up.
    """
    script = await cast(world, random, _UPDATES_A_LIFE * len(deaths))
    reached = set()
    for place, (point, nth) in enumerate(deaths):
        if place and place % _IN_A_ROW == 0:
            await _live_quietly(world)
        script.say(_AT_ONCE)
        replica = await world.start(("tests.faults.points:arm", point.name, nth))
        if await _live(world, replica, script):
            reached.add(point)
            row.runs += 1
        await world.cut_off_at()
    script.say(script.left)
    await world.start()
    await close(script, row)
    return reached


async def _die_at_each(world: World, random: Random, points: Collection[Point], row: Row) -> None:
    """Where no such life came so far: at the first pass, in one in which everything happens."""
    people: list[Person] = []
    for point in sorted(points, key=lambda point: point.name):
        script = await cast(world, random, _UPDATES_OF_EVERY_KIND)
        people += script.people
        script.say(script.left)
        replica = await world.start(("tests.faults.points:arm", point.name, 1))
        assert await _live(world, replica, script), f"no replica passes {point.name}"
        row.runs += 1
        await world.cut_off_at()
        await _live_quietly(world)
    await world.start()
    await close(Script(world, people, []), row)


async def _live(world: World, replica: Child, script: Script) -> bool:
    """Until the point, or until there is nothing left to do. True when it was the point."""
    living = asyncio.ensure_future(_feed(world, script))
    await asyncio.wait((living, replica.ended), return_when=asyncio.FIRST_COMPLETED)
    living.cancel()
    if replica.lives:
        await replica.kill()
        return False
    assert replica.ended.result() == -signal.SIGKILL, world.tail()
    return True


async def _live_quietly(world: World) -> None:
    """Until nothing is left to do."""
    replica = await world.start()
    await world.idle()
    await replica.kill()
    # On a slow machine something may still be with Telegram.
    await world.cut_off_at()


async def _feed(world: World, script: Script) -> None:
    for _ in range(_UPDATES_A_LIFE // _AT_ONCE - 1):
        await world.until(world.handed_over)
        script.say(_AT_ONCE)
    await world.idle()


@pytest.mark.parametrize("replicas", [1, 3])
async def test_p1_p12_replicas_killed_at_any_time_lose_nothing(
    new_world: NewWorld, share: Share, random: Random, replicas: int
) -> None:
    row = share.row(f"kill -9 at random under load, replicas: {replicas}")
    row.runs = share.of(_KILLS)
    async with new_world() as world:
        script = await cast(world, random, row.runs * _UPDATES_A_LIFE)
        for place in range(replicas):
            await world.start(place=place)
        await while_talking(world, script, random, row.runs, lambda: kill_one(world, random))
        await close(script, row)
