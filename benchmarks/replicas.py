"""What more processes carry: one of them asks Telegram, all of them handle and send."""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.effort import Effort
from benchmarks.passes import Pass, one_pass
from benchmarks.people import Centre, open_centre
from benchmarks.results import Result, Rounds
from benchmarks.service import Service
from benchmarks.shares import may_share

# So little that four of them leave the other programs of the measurement a machine with two cores.
_PART, _NAMED = 0.2, "fifth"


@dataclass(frozen=True, slots=True)
class Way:
    """The same load for one process and for more."""

    name: str
    #: Of a core, for each process; as much as there is where None.
    part: float | None
    size: int
    #: Of processes, one after the other.
    counts: Sequence[int]
    rounds: dict[int, Rounds] = field(default_factory=lambda: defaultdict(Rounds))
    last: dict[int, Pass] = field(default_factory=dict)

    async def round(self, wayhome: Service, centre: Centre, count: int) -> None:
        passed = await one_pass(wayhome, centre, self.size, replicas=count, part=self.part)
        self.last[count] = passed
        self.rounds[count].add(passed.per_second)

    def results(self) -> Iterator[Result]:
        for count, rounds in self.rounds.items():
            yield Result(
                name=f"inbound, {_processes(count)}{self.name}",
                figure=rounds.median,
                unit="updates/s",
                peer=_processes(1) if count > 1 else "",
                peer_figure=self.rounds[1].median if count > 1 else None,
                note=f"{rounds.spread}; {_busy(self.last[count])}",
            )


async def measure_on(wayhome: Service, effort: Effort) -> Sequence[Result]:
    counts = (1, 2) if effort.quick else (1, 2, 4)
    ways = [Way("", None, effort.of(3000, 30), counts)]
    if may_share():
        parts = (1,) if effort.quick else counts
        ways.append(Way(f", a {_NAMED} of a core each", _PART, effort.of(600, 30), parts))
    centre = await open_centre(wayhome.database)
    for _ in range(effort.of(3, 1)):
        for way in ways:
            for count in way.counts:
                await way.round(wayhome, centre, count)
    return [result for way in ways for result in way.results()]


def _processes(count: int) -> str:
    return "one process" if count == 1 else f"{count} processes"


def _busy(each: Pass) -> str:
    own = " + ".join(f"{each.cores(usage):.2f}" for usage in each.own)
    return (
        f"busy cores, of {os.cpu_count()}: Wayhome {own},"
        f" PostgreSQL {each.cores(each.postgres):.2f}, Bot API server {each.cores(each.server):.2f}"
    )
