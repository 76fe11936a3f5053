"""Words over which whoever reads them loses themselves, such as in a regular expression: the
reading is broken off, so that no other message waits behind it for ever.

A limit of the event loop's would be of no use, since nothing else of the process runs meanwhile,
and no other thread either.
"""

from collections.abc import Callable
from signal import ITIMER_PROF, ITIMER_VIRTUAL, SIGVTALRM, setitimer, signal
from typing import Any, TypeVar

# Seconds of computing, however busy the machine is: the longest message takes some tenths of one.
# It is less than whoever waits for the watch's process does (bot/watch/talk.py).
_LONGEST = 5.0
# What heeds no exception, deep in a library, ends the process, which was as good as dead: then the
# update is one that kills (bot/lanes/deaths.py).
_DEADLY = 8.0
_Read = TypeVar("_Read")


class TookTooLong(Exception):
    """Nobody knows what it says; a human has to read it, if it takes as long the next times."""


def in_time(read: Callable[[], _Read], *, more: float = 0) -> _Read:
    """What it reads; for the main thread. `more`: seconds, for what is longer than any message.
    Raises TookTooLong.
    """
    is_reading = True

    def break_off(*_: Any) -> None:
        if is_reading:
            raise TookTooLong

    signal(SIGVTALRM, break_off)
    try:
        setitimer(ITIMER_VIRTUAL, _LONGEST + more)
        setitimer(ITIMER_PROF, _DEADLY + more)
        return read()
    finally:
        is_reading = False
        setitimer(ITIMER_VIRTUAL, 0)
        setitimer(ITIMER_PROF, 0)
