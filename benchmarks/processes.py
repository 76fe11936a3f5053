"""What a process has used, from /proc."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    cpu_seconds: float
    #: What it and those it has begun wrote themselves: none of the files that they map, whose pages
    #: count for more when somebody else ends who maps them, too, and none of the memory that they
    #: share to talk with each other, which PostgreSQL takes once and for all.
    bytes: int

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.cpu_seconds + other.cpu_seconds, self.bytes + other.bytes)

    def __sub__(self, other: "Usage") -> "Usage":
        return Usage(self.cpu_seconds - other.cpu_seconds, self.bytes - other.bytes)


def usage_of(pid: int) -> Usage:
    """Of the process and all that it has begun. What has ended meanwhile counts nothing."""
    return sum(map(_usage, family(pid)), Usage(0, 0))


def family(pid: int) -> Iterator[int]:
    """The process and all that it has begun."""
    yield pid
    for child in begun_by(pid):
        yield from family(child)


def begun_by(pid: int) -> Iterator[int]:
    """What the process itself has begun and goes on. What ends meanwhile, it or one of its threads,
    has nothing.
    """
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for thread in threads:
        try:
            begun = (thread / "children").read_text()
        except OSError:
            continue
        yield from map(int, begun.split())


def _usage(pid: int) -> Usage:
    try:
        # After the name, which may hold anything; fields 14 and 15 of proc(5) are the CPU times.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        shares = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return Usage(0, 0)
    kilobytes = {name: int(size) for name, size, *_ in map(str.split, shares[1:])}
    cpu_seconds = (int(fields[11]) + int(fields[12])) / _TICKS
    return Usage(cpu_seconds, kilobytes["Pss_Anon:"] * 1024)
