"""The jobs that a replica does side by side: what one of them ends in does not end the others.

What each of them waits out it knows itself. This is for what nobody foresaw, as one odd answer or
row, which would meet the next process, too.
"""

import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bot.errors import CannotOpen, code_of
from bot.stopping import Stopping

log = structlog.get_logger()

#: Begins one, which ends when it is time to stop, or when it is done.
Job = Callable[[], Coroutine[Any, Any, None]]

# Before it is begun again; the longest is what a cry for help may wait for.
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
# What has gone on for so long did not fail at once again.
_WELL = 60.0


async def keep_up(job: Job, stopping: Stopping) -> None:
    """Begins the job, and again when it fails. Raises CannotOpen, which no other try mends."""
    pause = _PAUSE
    while True:
        begun_at = time.monotonic()
        try:
            await job()
        except CannotOpen:
            raise
        except Exception as error:
            log.error("a job failed", action="job.failed", error=code_of(error))
        else:
            return
        if stopping.is_set():
            return
        if time.monotonic() - begun_at > _WELL:
            pause = _PAUSE
        # Asked to stop meanwhile, it is begun once more, to end in order.
        await stopping.pause(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
