"""What more processes carry: one of them asks Telegram, all of them handle and send."""

import os
from collections.abc import Sequence

from benchmarks.effort import Effort
from benchmarks.frame import alone
from benchmarks.passes import Pass, one_pass
from benchmarks.people import open_centre
from benchmarks.results import Result, Rounds
from benchmarks.service import Service, service


async def measure(effort: Effort) -> Sequence[Result]:
    async with service() as wayhome:
        return await measure_on(wayhome, effort)


async def measure_on(wayhome: Service, effort: Effort) -> Sequence[Result]:
    size, counts = effort.of(3000, 30), (1, 2) if effort.quick else (1, 2, 4)
    rounds = {count: Rounds() for count in counts}
    last = {}
    centre = await open_centre(wayhome.database)
    for _ in range(effort.of(3, 1)):
        for count in counts:
            last[count] = await one_pass(wayhome, centre, size, replicas=count)
            rounds[count].add(last[count].per_second)
    alone_ = rounds[1]
    return [
        Result(
            name=f"inbound, {count} processes" if count > 1 else "inbound, one process",
            figure=rounds[count].median,
            unit="updates/s",
            peer="one process" if count > 1 else "",
            peer_figure=alone_.median if count > 1 else None,
            note=f"{rounds[count].spread}; {_busy(last[count])}",
        )
        for count in counts
    ]


def _busy(each: Pass) -> str:
    own = " + ".join(f"{each.cores(usage):.2f}" for usage in each.own)
    return (
        f"busy cores, of {os.cpu_count()}: Wayhome {own},"
        f" PostgreSQL {each.cores(each.postgres):.2f}, Bot API server {each.cores(each.server):.2f}"
    )


if __name__ == "__main__":
    alone("replicas")
