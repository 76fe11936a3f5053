"""Whether memory stays flat while a steady load goes on for an hour."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from statistics import fmean, linear_regression
from typing import Any

from benchmarks.database import shared_by_postgres, usage_of_postgres
from benchmarks.effort import Effort
from benchmarks.load import Load
from benchmarks.passes import through
from benchmarks.people import open_centre
from benchmarks.processes import usage_of
from benchmarks.results import Result
from benchmarks.service import Service

_MEGABYTE = 1024 * 1024
_LOOKS = 240
# What fills once (caches and pools) is no leak.
_WARM_UP = 0.25
_CHUNK = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """Megabytes over hours, fitted by least squares."""

    hours: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def add(self, seconds: float, count: int) -> None:
        self.hours.append(seconds / 3600)
        self.megabytes.append(count / _MEGABYTE)

    @property
    def slope(self) -> float:
        return linear_regression(self.hours, self.megabytes).slope

    @property
    def margin(self) -> float:
        """Half of the slope's 95 % interval, as if each look were independent of the last."""
        fit = linear_regression(self.hours, self.megabytes)
        off = [y - fit.intercept - fit.slope * x for x, y in self._points()]
        spread = sum((x - fmean(self.hours)) ** 2 for x in self.hours)
        return 1.96 * sqrt(sum(each * each for each in off) / (len(off) - 2) / spread)

    def _points(self) -> list[tuple[float, float]]:
        return list(zip(self.hours, self.megabytes, strict=True))


async def measure_on(wayhome: Service, effort: Effort) -> Sequence[Result]:
    seconds = effort.of(effort.minutes * 60, 5.0)
    own, postgres = Line(), Line()
    centre = await open_centre(wayhome.database)
    shared = await shared_by_postgres(wayhome.database)
    size = effort.of(900, 30)
    async with wayhome.running() as process:
        half = (await through(wayhome, centre, size, [process])).per_second / 2
        load = await Load.arranged(wayhome, centre, size)
        updates = load.updates(await load.warm_up(wayhome))
        async with asyncio.TaskGroup() as group:
            loading = group.create_task(_load(wayhome, updates, half))
            async for gone in _each_look(seconds):
                own.add(gone, usage_of(process.pid).bytes)
                postgres.add(gone, shared + usage_of_postgres(wayhome.postgres).bytes)
            loading.cancel()
        await wayhome.until_done()
    note = f"{seconds / 60:.0f} min at {half:.0f} updates/s, half of the most it can take"
    return [
        Result(
            name=f"growth of memory, {name}",
            figure=line.slope,
            unit="MB per hour",
            peer="in use, MB",
            peer_figure=fmean(line.megabytes),
            at_most=0.02,
            note=f"± {line.margin:.1f} (95 %); {note}",
        )
        for name, line in (("Wayhome", own), ("PostgreSQL", postgres))
    ]


async def _each_look(seconds: float) -> AsyncIterator[float]:
    """How many of these seconds are gone at each look, once it is warm."""
    begun = time.monotonic()
    while (gone := time.monotonic() - begun) < seconds:
        if gone >= seconds * _WARM_UP:
            yield gone
        await asyncio.sleep(seconds / _LOOKS)


async def _load(wayhome: Service, updates: Sequence[dict[str, Any]], per_second: float) -> None:
    """The same people again and again, evenly, until it is cancelled."""
    begun, handed = time.monotonic(), 0
    while True:
        due = int((time.monotonic() - begun) * per_second)
        await wayhome.put([updates[number % len(updates)] for number in range(handed, due)])
        handed = due
        await asyncio.sleep(_CHUNK)
