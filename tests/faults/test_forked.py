"""A forked replica is the same as `wayhome run` in all that the trials lean on."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.faults.conftest import NewWorld
from tests.faults.judging import close
from tests.faults.load import calls
from tests.faults.plugin import Share
from tests.faults.script import cast
from tests.faults.world import World, until
from tests.forking.nursery import Nursery

_REAL_DEATHS = 20
_UPDATES_A_LIFE = 10


def status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


async def test_the_zygote_has_no_threads_and_holds_nothing_of_a_replica(
    nursery: Nursery, new_world: NewWorld
) -> None:
    async with new_world() as world:
        # Its first child finds it fully awake.
        await (await world.start()).kill()
        before = handles(nursery.pid)
        replica = await world.start()
        await ready(world)
        assert status(nursery.pid)["Threads"] == "1"
        assert len(handles(nursery.pid)) == len(before) + 1
        await replica.kill()
    assert handles(nursery.pid) == before


def handles(pid: int) -> list[str]:
    """What a process has open: only its pipes, and one handle for each child."""
    return sorted(path.name for path in Path(f"/proc/{pid}/fd").iterdir())


async def ready(world: World) -> Any:
    """What /readyz says, once it says yes."""
    said: list[Any] = []

    async def is_ready() -> bool:
        with suppress(httpx.TransportError):
            response = await client.get(f"{world.operator.address}/readyz")
            said.append(response.json())
            return response.is_success
        return False

    async with httpx.AsyncClient() as client:
        await until(is_ready)
    return said[-1]


async def test_a_forked_replica_handles_signals_and_answers_as_the_command_does(
    new_world: NewWorld,
) -> None:
    async with new_world() as world:
        replica = await world.start()
        forked = await ready(world), signals(replica.pid)
        assert await replica.stop() == 0
        async with world.operator.running() as process:
            assert await ready(world) == forked[0]
            assert signals(process.pid) == forked[1]
        assert process.returncode == 0


def signals(pid: int) -> dict[str, str]:
    found = status(pid)
    return {name: found[name] for name in ("SigBlk", "SigIgn", "SigCgt")}


async def test_a_forked_replica_without_a_token_ends_as_the_command_does(
    new_world: NewWorld,
) -> None:
    async with new_world() as world:
        del world.operator.env["WAYHOME_BOT_TOKEN"]
        code, _, complaint = await world.operator.type("run")
        replica = await world.start()

        assert await replica.ended == code == 1
        assert world.log.read_text() == complaint


async def test_p1_p12_the_real_command_killed_at_any_time_loses_nothing(
    new_world: NewWorld, share: Share, random: Random
) -> None:
    row = share.row("kill -9 of `wayhome run` itself")
    row.runs = share.of(_REAL_DEATHS)
    async with new_world() as world:
        script = await cast(world, random, row.runs * _UPDATES_A_LIFE)
        for _ in range(row.runs):
            script.say(_UPDATES_A_LIFE)
            async with world.operator.running() as process:
                await calls(world, script, random.randint(1, 2 * _UPDATES_A_LIFE))
                os.kill(process.pid, signal.SIGKILL)
                await process.wait()
            await world.cut_off_at()
            world.started += 1
        await world.start()
        await close(script, row)
