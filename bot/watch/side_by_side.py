"""Many messages, read on all cores at once."""

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, BinaryIO

from bot.watch.in_time import TookTooLong, in_time
from bot.watch.loading import load_to_stay
from domain.distress import Watch
from domain.distress.stream import judge_line

# Each reader has some of the watch in memory for itself.
_MOST_READERS = 8
# Bytes that are taken at once, as far as they are there; and lines that a reader gets at once.
_AT_ONCE, _TOGETHER = 2**20, 8
# A line may be a whole book. Thrice as much and more is read, where nobody is lost over it.
_BYTES_A_SECOND = 20_000


def judge_side_by_side(given: BinaryIO) -> Iterator[dict[str, Any]]:
    """One verdict a line, in order, as soon as the lines are there. Raises BrokenProcessPool where
    a reader was killed.
    """
    # Before there are readers, so that they have it in common.
    load_to_stay()
    way = get_context("fork" if sys.platform == "linux" else None)
    with ProcessPoolExecutor(_cores(), way, _begin_to_read) as readers:
        judged = 0
        for lines in _as_they_come(given):
            yield from readers.map(_judge, count(judged + 1), lines, chunksize=_TOGETHER)
            judged += len(lines)


def _as_they_come(given: BinaryIO) -> Iterator[list[bytes]]:
    begun: list[bytes] = []
    while some := os.read(given.fileno(), _AT_ONCE):
        first, *others = some.split(b"\n")
        begun.append(first)
        if others:
            yield [b"".join(begun), *others[:-1]]
            begun = others[-1:]
    if any(begun):
        yield [b"".join(begun)]


def _cores() -> int:
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(cores, _MOST_READERS)


def _begin_to_read() -> None:
    # Ctrl-C is for whoever asks, and so is the end, however it comes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_whoever_asks, daemon=True).start()


def _end_with_whoever_asks() -> None:
    asking = parent_process()
    assert asking is not None
    asking.join()
    os._exit(1)


def _judge(number: int, line: bytes) -> dict[str, Any]:
    try:
        return in_time(
            partial(judge_line, number, line, Watch.load()), more=len(line) / _BYTES_A_SECOND
        )
    except TookTooLong:
        return {"id": None, "error": f"Line {number}: reading it takes too long."}
