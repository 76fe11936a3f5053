"""From a cry for help that Telegram has, to the alert's call for whoever is on duty.

Every cry is of another person, in an organisation with one caseworker of its own: so the first
call to that caseworker's chat is its alert, and no chat waits for its turn.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, NamedTuple

from benchmarks.effort import Effort
from benchmarks.load import Load
from benchmarks.passes import through
from benchmarks.people import enrol_people, open_centre
from benchmarks.results import Result
from benchmarks.service import Service
from benchmarks.telegram import text

_CRY = "he locked me in and took my passport"
_APART = 0.3
_CHUNK = 0.05


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds, cry by cry."""

    seconds: Sequence[float]

    @property
    def median_ms(self) -> float:
        return median(self.seconds) * 1000

    @property
    def p99_ms(self) -> float:
        return quantiles(self.seconds, n=100, method="inclusive")[-1] * 1000


class Pair(NamedTuple):
    """A person, and whoever is on duty for them."""

    person: int
    caseworker: int


async def measure_on(wayhome: Service, effort: Effort) -> Sequence[Result]:
    count, size = effort.of(100, 2), effort.of(1500, 30)
    centre = await open_centre(wayhome.database)
    quiet, busy = [await _pairs(wayhome, count) for _ in range(2)]
    async with wayhome.running() as process:
        maximum = (await through(wayhome, centre, size, [process])).per_second
        seconds = count * _APART
        load = await Load.arranged(wayhome, centre, int(maximum / 2 * seconds))
        updates = load.updates(await load.warm_up(wayhome))
        idle = await _cry(wayhome, quiet)
        async with asyncio.TaskGroup() as group:
            group.create_task(_spread(wayhome, updates, seconds))
            crying = group.create_task(_cry(wayhome, busy))
        loaded = crying.result()
    note = f"{count} cries at {maximum / 2:.0f} updates/s, half of the most it can take"
    figures = {
        "median": (loaded.median_ms, idle.median_ms),
        "99th percentile": (loaded.p99_ms, idle.p99_ms),
    }
    return [
        Result(
            name=f"cry to alert, {name}",
            figure=figure,
            unit="ms",
            peer="with nothing else to do",
            peer_figure=peer,
            note=note,
        )
        for name, (figure, peer) in figures.items()
    ]


async def _pairs(wayhome: Service, count: int) -> list[Pair]:
    pairs = [Pair(*wayhome.new_chats(2)) for _ in range(count)]
    for pair in pairs:
        centre = await open_centre(wayhome.database, staff_chat=pair.caseworker)
        await enrol_people(wayhome.database, centre, [pair.person])
    return pairs


async def _cry(wayhome: Service, pairs: Sequence[Pair]) -> Waits:
    """One after the other, so far apart; then how long each waited."""
    await wayhome.telegram.forget(wayhome.token)
    cried = {}
    for pair in pairs:
        cried[pair.caseworker] = time.time()
        await wayhome.put([text(pair.person, _CRY)])
        await asyncio.sleep(_APART)
    await wayhome.until_done()
    alerted: dict[int, float] = {}
    for call in (await wayhome.telegram.seen(wayhome.token)).calls:
        alerted.setdefault(call.chat, call.at)
    return Waits([alerted[chat] - at for chat, at in cried.items()])


async def _spread(wayhome: Service, updates: Sequence[dict[str, Any]], seconds: float) -> None:
    """Hands these over evenly, in that time."""
    chunks = max(1, int(seconds / _CHUNK))
    begun = time.monotonic()
    for number in range(chunks):
        first, last = (len(updates) * each // chunks for each in (number, number + 1))
        await wayhome.put(updates[first:last])
        await asyncio.sleep(begun + (number + 1) * _CHUNK - time.monotonic())
