"""The watch in a process of its own, so that nothing else waits while a message is read.

Words go there through a pipe, and nowhere else. While no such process is there, messages are read
here.
"""

import asyncio
import json
import os
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from itertools import count

import structlog

from bot.metrics import Metrics
from bot.stopping import Stopping
from bot.watch.questions import LONGEST_ANSWER, Question
from domain.distress import Assessment, Own, Severity, Watch

log = structlog.get_logger()

_PROCESS = "bot.watch.process"
_PAUSE = 1.0
# A message takes a millisecond, or some tens of them with a model of sentences.
_PATIENCE = 10.0


class _Gone(Exception):
    """The process ended before it answered."""


class WatchApart:
    """Hears as the watch does, and counts it: a rise without a reason means tired caseworkers soon.
    A message that is tried anew after a crash counts again.
    """

    def __init__(self, watch: Watch, metrics: Metrics) -> None:
        self._watch, self._metrics = watch, metrics
        self._needed = asyncio.Event()
        self._talk: _Talk | None = None

    @property
    def is_apart(self) -> bool:
        """Whether messages are read by the process of its own just now."""
        return self._talk is not None

    async def run(self, stopping: Stopping) -> None:
        """Keeps the process, from the first message on, and begins another when it ends."""
        await stopping.unless_stopped(self._needed.wait())
        while not stopping.is_set():
            await self._keep_one(stopping)
            await stopping.pause(_PAUSE)

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
            except _Gone:
                log.warning("a message is read here", action="watch.here")
        return self._watch.assess(text, recent, own)

    async def _keep_one(self, stopping: Stopping) -> None:
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
            await stopping.unless_stopped(self._talk_with(process))
        finally:
            if process.returncode is None:
                process.kill()
            code = await process.wait()
        if not stopping.is_set():
            log.warning("the watch's process ended", action="watch.ended", number=code)

    async def _talk_with(self, process: Process) -> None:
        assert process.stdout is not None
        talk = _Talk(process)
        try:
            # It says a word when it has read the lexicons.
            if await process.stdout.readline():
                log.info("messages are read in a process of their own", action="watch.apart")
                self._talk = talk
                await talk.listen(process.stdout)
        finally:
            self._talk = None
            talk.end()


class _Talk:
    """With one process: what it was asked, and has not answered."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        self._process, self._say = process, process.stdin
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[Assessment]] = {}
        #: In the order in which it was told of them.
        self._known: list[Own] = []

    async def ask(self, text: str, recent: Sequence[str], own: Own | None) -> Assessment:
        """Raises _Gone when the process ends first, or does not answer."""
        number = next(self._numbers)
        answer: asyncio.Future[Assessment] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        question = Question(number, text, tuple(recent), self._number_of(own))
        self._say.write(pickle.dumps(question))
        try:
            async with asyncio.timeout(_PATIENCE):
                return await answer
        except TimeoutError:
            self._process.kill()
            raise _Gone from None
        finally:
            self._asked.pop(number, None)

    async def listen(self, answers: asyncio.StreamReader) -> None:
        """Until the process ends."""
        while line := await answers.readline():
            number, severity, asks, reasons, version = json.loads(line)
            answer = self._asked.get(number)
            if answer is not None and not answer.done():
                heard = Assessment(Severity(severity), asks, tuple(reasons), version)
                answer.set_result(heard)

    def end(self) -> None:
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(_Gone())

    def _number_of(self, own: Own | None) -> int | None:
        """What an organisation listens for is told once."""
        if own is None:
            return None
        if own not in self._known:
            self._known.append(own)
            self._say.write(pickle.dumps(own))
        return self._known.index(own)


def _without_secrets() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("WAYHOME_")}
