"""A part of a processor core for a process and all that it has begun, as on a machine of its own.

Linux's control groups give it, of either version, to whoever may make one: root, mostly.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.processes import family

_FIRST, _SECOND = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
# Microseconds. Short, so that a process that has used up its part waits for little at a time.
_PERIOD = 10_000


def may_share() -> bool:
    try:
        with _new_group("try", 1):
            return True
    except OSError:
        return False


@contextmanager
def part_of_a_core(pid: int, part: float) -> Iterator[None]:
    with _new_group(str(pid), part) as group:
        # Each before those that it has begun are asked for: what it begins from then on is there.
        _move(family(pid), group)
        try:
            yield
        finally:
            _empty(group)


@contextmanager
def _new_group(name: str, part: float) -> Iterator[Path]:
    """May use that part of one core. `OSError` where we may not make one."""
    above = _FIRST if (_FIRST / "cpu.cfs_quota_us").exists() else _SECOND
    group = Path(mkdtemp(prefix=f"wayhome-{name}-", dir=above))
    try:
        quota = round(_PERIOD * part)
        if above == _FIRST:
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (group / "cpu.max").write_text(f"{quota} {_PERIOD}")
        yield group
    finally:
        group.rmdir()


def _empty(group: Path) -> None:
    """Also of what was begun by who has ended, or is begun at this moment: one with anybody in it
    can't be taken away.
    """
    while left := (group / "cgroup.procs").read_text().split():
        _move(map(int, left), group.parent)


def _move(processes: Iterable[int], group: Path) -> None:
    """What has ended meanwhile is in no group."""
    for pid in processes:
        with suppress(ProcessLookupError):
            (group / "cgroup.procs").write_text(str(pid))
