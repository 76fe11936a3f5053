"""People who write while things break."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from tests.faults.script import Script
from tests.faults.world import World

_AT_ONCE = 5
# So many updates at the most wait at Telegram: the load does not run ahead of what it tries.
_MOST_WAITING = 25
_MOST_CALLS_BETWEEN = 60

Blow = Callable[[], Awaitable[None]]


async def say_all(world: World, script: Script) -> None:
    """The whole script, as fast as it is heard."""
    while script.left:
        await world.until(lambda: len(world.telegram.simulator.updates.waiting) < _MOST_WAITING)
        script.say(_AT_ONCE)


async def while_talking(
    world: World, script: Script, random: Random, blows: int, blow: Blow
) -> None:
    """Everything is said, and meanwhile as many blows fall, each after a few calls to Telegram."""
    async with asyncio.TaskGroup() as group:
        group.create_task(say_all(world, script))
        for _ in range(blows):
            await calls(world, script, random.randint(1, _MOST_CALLS_BETWEEN))
            await blow()


async def calls(world: World, script: Script, number: int) -> None:
    """Returns after so many calls to Telegram, or when everything has been said."""
    log = world.telegram.simulator.log
    moment = log.count + number
    await world.until(lambda: log.count >= moment or not script.left)


async def kill_one(world: World, random: Random) -> None:
    """One of the replicas dies, and another is started in its place.

    An update that is there at one death after another is set aside as their cause: not this one's.
    """
    await world.nobody_looks_deadly()
    place = random.choice(list(world.replicas))
    await world.replicas[place].kill()
    await world.cut_off_at()
    await world.start(place=place)
