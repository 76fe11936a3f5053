"""The watch in a process of its own, so that nothing else waits while a message is read.

Words go there through a pipe, and nowhere else. While no such process is there, messages are read
here.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence

import structlog

from bot.errors import code_of
from bot.metrics import Metrics
from bot.stopping import Stopping
from bot.watch.talk import LONGEST_ANSWER, Gone, Talk
from domain.distress import Assessment, Own, Severity, Watch

log = structlog.get_logger()

_PROCESS = "bot.watch.process"
# Before another begins. Where none comes as far as reading, it is tried ever more rarely.
_PAUSE, _LONGEST_PAUSE = 1.0, 60.0


class WatchApart:
    """Hears as the watch does, and counts it: a rise without a reason means tired caseworkers soon.
    A message that is tried anew after a crash counts again.
    """

    def __init__(self, watch: Watch, metrics: Metrics) -> None:
        self._watch, self._metrics = watch, metrics
        self._needed = asyncio.Event()
        self._talk: Talk | None = None

    @property
    def is_apart(self) -> bool:
        """Whether messages are read by the process of its own just now."""
        return self._talk is not None

    async def run(self, stopping: Stopping) -> None:
        """Keeps the process, from the first message on, and begins another when it ends."""
        await stopping.unless_stopped(self._needed.wait())
        pause = _PAUSE
        while not stopping.is_set():
            try:
                came = await self._keep_one(stopping)
            except OSError as error:
                came = False
                log.warning("no process began", action="watch.none", error=code_of(error))
            pause = _PAUSE if came else min(2 * pause, _LONGEST_PAUSE)
            await stopping.pause(pause)

    async def hear(
        self, text: str, recent: Sequence[str] = (), own: Own | None = None
    ) -> Assessment:
        heard = await self._read(text, recent, own)
        self._metrics.watched.inc()
        if heard.severity is not Severity.NONE:
            self._metrics.signals.labels(heard.severity).inc()
        elif heard.ask:
            self._metrics.signals.labels("ask").inc()
        return heard

    async def _read(self, text: str, recent: Sequence[str], own: Own | None) -> Assessment:
        self._needed.set()
        if self._talk is not None:
            try:
                return await self._talk.ask(text, recent, own)
            except Gone:
                log.warning("a message is read here", action="watch.here")
        return self._watch.assess(text, recent, own)

    async def _keep_one(self, stopping: Stopping) -> bool:
        """Whether it came as far as reading messages. Raises OSError where none begins."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", _PROCESS),
            stdin=PIPE,
            stdout=PIPE,
            # A fault would be told there with the words that it was found in.
            stderr=DEVNULL,
            env=_without_secrets(),
            limit=LONGEST_ANSWER,
            # Who ends us by the terminal's keys does not end it before us.
            start_new_session=True,
        )
        try:
            return bool(await stopping.unless_stopped(self._talk_with(process)))
        finally:
            if process.returncode is None:
                process.kill()
            code = await process.wait()
            if not stopping.is_set():
                log.warning("the watch's process ended", action="watch.ended", number=code)

    async def _talk_with(self, process: Process) -> bool:
        """Until it ends, or says what is no answer. Whether it came as far as reading messages."""
        talk = Talk(process)
        if not await talk.begins():
            return False
        log.info("messages are read in a process of their own", action="watch.apart")
        self._talk = talk
        try:
            await talk.listen()
        finally:
            self._talk = None
            talk.end()
        return True


def _without_secrets() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("WAYHOME_")}
