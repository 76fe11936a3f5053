"""What is said between a replica and its watch's process.

To it: what an organisation listens for besides, once, and some questions at a time, which name that
by its number. From it lines of JSON: which version it reads by, once it has read the lexicons; then
for some questions at a time number, severity, asks, reasons, version; or the number alone, where
the reading was broken off.
"""

import asyncio
import json
import pickle
from asyncio.subprocess import Process
from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from bot.watch.in_time import TookTooLong
from domain.distress import Assessment, Own, Said, Severity

LONGEST_ANSWER = 2**20
# Reading the lexicons and the model of sentences takes two seconds, on an idle machine.
_TO_BEGIN = 60.0
# Seconds without a single answer, after which the process counts as hung. A message takes a
# millisecond, or some more where the model of sentences is asked, and the longest some tens of
# them; where it takes seconds, the process breaks it off (bot/watch/in_time.py). It is less than
# the time after which the database ends an idle transaction (storage/connections.py): the message
# is read here by then.
_PATIENCE = 10.0


class Question(NamedTuple):
    number: int
    text: str
    recent: tuple[str, ...]
    own: int | None


class Told(NamedTuple):
    """What an organisation listens for besides. Questions name no other any more than this one and
    those in `kept`.
    """

    number: int
    own: Own
    kept: tuple[int, ...]


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
        self._patience: asyncio.TimerHandle | None = None
        #: What it was told of, for as long as anybody here listens for it.
        self._told: WeakKeyDictionary[Own, int] = WeakKeyDictionary()
        self.has_answered = False

    async def begins(self, version: str) -> bool:
        """True once it reads messages; False where it ends before, takes too long, or reads by
        another version than this one.
        """
        try:
            async with asyncio.timeout(_TO_BEGIN):
                return await self._answers.readline() == line_of(version)
        except (TimeoutError, ValueError):
            return False

    def ask(self, said: Sequence[Said]) -> Sequence[asyncio.Future[Assessment]]:
        """The answers, in this order; each may raise Gone or TookTooLong. Where this itself raises,
        none was asked.
        """
        questions = [
            Question(next(self._numbers), each.text, each.recent, self._number_of(each.own))
            for each in said
        ]
        self._say.write(pickle.dumps(questions))
        loop = asyncio.get_running_loop()
        answers = [loop.create_future() for _ in questions]
        self._asked.update(zip((each.number for each in questions), answers, strict=True))
        if self._patience is None:
            self._wait_patiently()
        return answers

    async def listen(self) -> None:
        """Until the process ends, or says what is no answer."""
        try:
            while line := await self._answers.readline():
                for number, heard in _answers_in(line):
                    answer = self._asked.pop(number, None)
                    if answer is not None and not answer.done():
                        _answer(answer, heard or TookTooLong())
                        self.has_answered = True
                self._wait_patiently()
        except (RecursionError, TypeError, ValueError):
            return

    def end(self) -> None:
        """Nothing is asked any more, so that the process ends, too."""
        self._say.close()
        if self._patience is not None:
            self._patience.cancel()
        for answer in self._asked.values():
            if not answer.done():
                _answer(answer, Gone())

    def _wait_patiently(self) -> None:
        """From now on, as long as anything is asked."""
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        if self._asked:
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(_PATIENCE, self._lose_patience)

    def _lose_patience(self) -> None:
        """Its end is the end of `listen`."""
        if self._process.returncode is None:
            self._process.kill()

    def _number_of(self, own: Own | None) -> int | None:
        """What an organisation listens for is told once."""
        if own is None:
            return None
        if own not in self._told:
            number = next(self._numbers)
            told = pickle.dumps(Told(number, own, tuple(self._told.values())))
            self._told[own] = number
            self._say.write(told)
        return self._told[own]


def line_of(something: Any) -> bytes:
    return json.dumps(something).encode() + b"\n"


def _answer(answer: asyncio.Future[Assessment], heard: Assessment | Exception) -> None:
    if isinstance(heard, Assessment):
        answer.set_result(heard)
    else:
        answer.set_exception(heard)
        # Nobody may be waiting for it any more.
        answer.exception()


def _answers_in(line: bytes) -> Sequence[tuple[int, Assessment | None]]:
    """Whoever read strangers' words is not believed unseen. Raises RecursionError, TypeError and
    ValueError.
    """
    return [_checked(*each) for each in json.loads(line)]


def _checked(number: Any, *heard: Any) -> tuple[int, Assessment | None]:
    if type(number) is not int:
        raise TypeError
    return number, _verdict(*heard) if heard else None


def _verdict(severity: Any, asks: Any, reasons: Any, version: Any) -> Assessment:
    each_as_it_must = (
        isinstance(asks, bool)
        and isinstance(reasons, list)
        and all(isinstance(reason, str) for reason in reasons)
        and isinstance(version, str)
    )
    if not each_as_it_must:
        raise TypeError
    return Assessment(Severity(severity), asks, tuple(reasons), version)
