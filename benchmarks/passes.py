"""One load, handed over at once, and how Wayhome got through it."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.database import usage_of_postgres
from benchmarks.load import Load
from benchmarks.people import Centre
from benchmarks.processes import Usage, usage_of
from benchmarks.service import Service
from benchmarks.shares import part_of_a_core
from tests.process import Started


@dataclass(frozen=True, slots=True)
class Pass:
    updates: int
    calls: int
    seconds: float
    #: Of each process of Wayhome, of PostgreSQL, and of the Bot API server.
    own: Sequence[Usage]
    postgres: Usage
    server: Usage

    @property
    def per_second(self) -> float:
        return self.updates / self.seconds

    def milliseconds(self, *usages: Usage) -> float:
        """Processor time per update."""
        return sum(usage.cpu_seconds for usage in usages) / self.updates * 1000

    def cores(self, usage: Usage) -> float:
        """How many processor cores it kept busy."""
        return usage.cpu_seconds / self.seconds


async def one_pass(
    wayhome: Service,
    centre: Centre,
    size: int,
    *,
    replicas: int = 1,
    part: float | None = None,
    profile: Path | None = None,
) -> Pass:
    """By so many processes of their own, each with that part of a core, or with all there is."""
    async with AsyncExitStack() as running:
        processes = [
            await running.enter_async_context(wayhome.running(profile=profile))
            for _ in range(replicas)
        ]
        if part is not None:
            for process in processes:
                running.enter_context(part_of_a_core(process.pid, part))
        return await through(wayhome, centre, size, processes)


async def through(
    wayhome: Service, centre: Centre, size: int, processes: Sequence[Started]
) -> Pass:
    """From the first update that is handed over to the last handled and the last call."""
    load = await Load.arranged(wayhome, centre, size)
    return await handed_over(wayhome, load.updates(await load.warm_up(wayhome)), processes)


async def handed_over(
    wayhome: Service, updates: Sequence[dict[str, Any]], processes: Sequence[Started]
) -> Pass:
    """The same with updates that are there already."""
    await wayhome.telegram.forget(wayhome.token)

    def usages() -> list[Usage]:
        own = [usage_of(process.pid) for process in processes]
        return [*own, usage_of_postgres(wayhome.postgres), wayhome.telegram.usage()]

    before = usages()
    await wayhome.put(updates)
    await wayhome.until_done()
    *own, postgres, server = [b - a for a, b in zip(before, usages(), strict=True)]
    seen = await wayhome.telegram.seen(wayhome.token)
    end = max(seen.calls[-1].at, await wayhome.last_handled())
    return Pass(len(updates), len(seen.calls), end - seen.handed[0].at, own, postgres, server)
