"""The watch in a process of its own, so that nothing else waits while a message is read.

Words go there through a pipe, and nowhere else. While no such process is there, messages are read
here.
"""

import asyncio
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from functools import partial

import structlog

from bot.errors import code_of
from bot.metrics.metrics import ASKS, Metrics
from bot.stopping import Stopping
from bot.watch.in_time import in_time
from bot.watch.talk import LONGEST_ANSWER, Gone, Talk
from domain.distress import Assessment, Later, Own, Said, Severity, Watch

log = structlog.get_logger()

_PROCESS = "bot.watch.process"
# Before another begins. Where none comes as far as reading, it is tried ever more rarely.
_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
# For one that is asked nothing any more to end by itself, and for one that is killed.
_TO_END = 1.0
# Nobody's words lie here for longer.
_SOON = 30.0
# All that Python and the libraries that read need of the environment: the rest may be secret.
_NEEDED = re.compile(
    r"(LD_LIBRARY_)?PATH|HOME|LANG(UAGE)?|LC_\w+|TZ|TMPDIR|VIRTUAL_ENV|PYTHON\w*|\w+_NUM_THREADS"
)


class WatchApart:
    """Hears as the watch does, and counts it: a rise without a reason means tired caseworkers soon.
    A message that is tried anew after a crash counts again.
    """

    def __init__(self, watch: Watch, metrics: Metrics) -> None:
        self._watch, self._metrics = watch, metrics
        self._needed = asyncio.Event()
        self._talk: Talk | None = None
        #: What the process reads, or has read, and nobody has asked for yet.
        self._begun: dict[Said, asyncio.Future[Assessment]] = {}
        self._forgetting: asyncio.TimerHandle | None = None

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
            except Exception as error:
                # Whatever it is: the replica reads by itself, and goes on.
                came = False
                log.warning("no process reads", action="watch.none", error=code_of(error))
            pause = _PAUSE if came else min(2 * pause, _LONGEST_PAUSE)
            await stopping.pause(pause)

    async def hear(
        self, text: str, recent: Sequence[str] = (), own: Own | None = None
    ) -> Assessment:
        """Raises TookTooLong."""
        said = Said(text, tuple(recent), own)
        later = self.begin([said]).get(said)
        return await later() if later else self._read_here(said)

    def begin(self, said: Sequence[Said]) -> Mapping[Said, Later]:
        """Where something is found in one of many, the rest are taken, and begun, anew: what is
        begun already is not read again.
        """
        self._needed.set()
        if self._talk is None:
            return {}
        new = [each for each in dict.fromkeys(said) if each not in self._begun]
        try:
            answers = self._talk.ask(new)
        except Exception as error:
            log.warning("messages are read here", action="watch.here", error=code_of(error))
            return {}
        self._begun.update(zip(new, answers, strict=True))
        if self._forgetting is None:
            loop = asyncio.get_running_loop()
            self._forgetting = loop.call_later(_SOON, self._forget_begun)
        return {each: partial(self._answered, each, self._begun[each]) for each in said}

    def _forget_begun(self) -> None:
        """Another replica may have had the messages."""
        self._forgetting = None
        self._begun.clear()

    async def _answered(self, said: Said, answer: asyncio.Future[Assessment]) -> Assessment:
        self._begun.pop(said, None)
        try:
            # Two chats may say the same.
            return self._counted(await asyncio.shield(answer))
        except Gone as error:
            log.warning("a message is read here", action="watch.here", error=code_of(error))
            return self._read_here(said)

    def _read_here(self, said: Said) -> Assessment:
        """Nothing else of this replica goes on meanwhile."""
        return self._counted(in_time(partial(self._watch.assess, *said)))

    def _counted(self, heard: Assessment) -> Assessment:
        self._metrics.watched.inc()
        if heard.severity is not Severity.NONE:
            self._metrics.signals.labels(heard.severity).inc()
        elif heard.ask:
            self._metrics.signals.labels(ASKS).inc()
        return heard

    async def _keep_one(self, stopping: Stopping) -> bool:
        """Whether it read any message. Raises whatever keeps one from beginning."""
        process = await asyncio.create_subprocess_exec(
            # Nothing is imported from the working folder, whatever lies there.
            *(sys.executable, "-P", "-m", _PROCESS),
            stdin=PIPE,
            stdout=PIPE,
            # A fault would be told there with the words that it was found in.
            stderr=DEVNULL,
            env=_environment(),
            limit=LONGEST_ANSWER,
            # Who ends us by the terminal's keys does not end it before us.
            start_new_session=True,
        )
        try:
            return bool(await stopping.unless_stopped(self._talk_with(process)))
        finally:
            # The number says what it died of only where it is not killed before it is asked for.
            if await _lives_on(process):
                process.kill()
                await _lives_on(process)
            if not stopping.is_set():
                number = process.returncode
                log.warning("the watch's process ended", action="watch.ended", number=number)

    async def _talk_with(self, process: Process) -> bool:
        """Until it ends, or says what is no answer. Whether it read any message."""
        talk = Talk(process)
        try:
            if await talk.begins(self._watch.version):
                log.info("messages are read in a process of their own", action="watch.apart")
                self._talk = talk
                await talk.listen()
        finally:
            self._talk = None
            self._begun.clear()
            talk.end()
        return talk.has_answered


async def _lives_on(process: Process) -> bool:
    """Whether it does after a moment in which it may end. Of one that has said more than was read,
    the end would be waited for in vain.
    """
    try:
        async with asyncio.timeout(_TO_END):
            await process.wait()
    except TimeoutError:
        return process.returncode is None
    return False


def _environment() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if _NEEDED.fullmatch(name)}
