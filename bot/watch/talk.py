"""What is said between a replica and its watch's process.

To it: an `Own`, which questions then name by its number, from 0 on, and questions. From it a line
of JSON when it has read the lexicons, and one for each question: number, severity, asks, reasons,
version.
"""

import asyncio
import json
import pickle
from asyncio.subprocess import Process
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

from domain.distress import Assessment, Own, Severity

LONGEST_ANSWER = 2**20
# A message takes a millisecond, or some tens of them with a model of sentences. Less than the time
# after which the database ends a transaction in which nothing happens (storage/sessions.py).
_PATIENCE = 10.0


class Question(NamedTuple):
    number: int
    text: str
    recent: tuple[str, ...]
    own: int | None


class Gone(Exception):
    """The process ended before it answered, or did not answer."""


class Talk:
    """With one process: what it was asked, and has not answered."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._say, self._answers = process, process.stdin, process.stdout
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[Assessment]] = {}
        #: In the order in which it was told of them.
        self._known: list[Own] = []

    async def begins(self) -> bool:
        """True once it reads messages; False when it ended before."""
        return bool(await self._answers.readline())

    async def ask(self, text: str, recent: Sequence[str], own: Own | None) -> Assessment:
        """Raises Gone."""
        number = next(self._numbers)
        answer: asyncio.Future[Assessment] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        question = Question(number, text, tuple(recent), self._number_of(own))
        self._say.write(pickle.dumps(question))
        try:
            async with asyncio.timeout(_PATIENCE):
                return await answer
        except TimeoutError:
            if self._process.returncode is None:
                self._process.kill()
            raise Gone from None
        finally:
            self._asked.pop(number, None)

    async def listen(self) -> None:
        """Until the process ends, or says what is no answer."""
        try:
            while line := await self._answers.readline():
                number, severity, asks, reasons, version = json.loads(line)
                answer = self._asked.get(number)
                if answer is not None and not answer.done():
                    heard = Assessment(Severity(severity), asks, tuple(reasons), version)
                    answer.set_result(heard)
        except (TypeError, ValueError):
            return

    def end(self) -> None:
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(Gone())

    def _number_of(self, own: Own | None) -> int | None:
        """What an organisation listens for is told once."""
        if own is None:
            return None
        if own not in self._known:
            self._known.append(own)
            self._say.write(pickle.dumps(own))
        return self._known.index(own)
