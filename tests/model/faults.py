"""What goes wrong on purpose: at a statement, or in Telegram's answer."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, NoReturn

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


class Killed(BaseException):
    """The process ends here, as by kill -9: no handler of ours may catch it."""


class AtStatement(Enum):
    KILL = auto()
    #: The connection to the database breaks, and this statement with it.
    CUT = auto()


class Answer(Enum):
    """What becomes of one message to Telegram, or of the answer to a press."""

    TAKEN = auto()
    TOO_MANY = auto()
    BROKEN = auto()
    UNKNOWN_403 = auto()
    #: Telegram has it; we never hear so.
    UNANSWERED = auto()
    KILL_BEFORE = auto()
    KILL_AFTER = auto()


_KILLS = frozenset((Answer.KILL_BEFORE, Answer.KILL_AFTER))
# What a replica has on its way at most.
_IN_FLIGHT = 50


@dataclass(frozen=True, slots=True)
class Fault:
    at: AtStatement | None = None
    #: In how many statements.
    statement: int = 0
    answers: tuple[Answer, ...] = ()

    @property
    def most_unbooked(self) -> int:
        """How many messages Telegram may have taken of which nobody could write that down."""
        if self.at is not None or not _KILLS.isdisjoint(self.answers):
            return _IN_FLIGHT
        return self.answers.count(Answer.UNANSWERED)


NONE = Fault()


@dataclass
class Fate:
    """What became of the process at work."""

    dead: bool = False


@dataclass
class Faults:
    _fault: Fault = NONE
    _statements: int = 0
    _answers: deque[Answer] = field(default_factory=deque)
    _fate: Fate = field(default_factory=Fate)

    @contextmanager
    def armed(self, fault: Fault) -> Iterator[Fate]:
        self._fault, self._statements, self._fate = fault, 0, Fate()
        self._answers = deque(fault.answers)
        try:
            yield self._fate
        finally:
            self._fault, self._answers, self._fate = NONE, deque(), Fate()

    def kill(self) -> NoReturn:
        """Whatever the process still tries, since somebody caught this, ends in the same way."""
        self._fate.dead = True
        raise Killed

    def watch(self, engine: AsyncEngine) -> None:
        event.listen(engine.sync_engine, "before_cursor_execute", self._before_statement)

    def next_answer(self) -> Answer:
        if self._fate.dead:
            raise Killed
        return self._answers.popleft() if self._answers else Answer.TAKEN

    def _before_statement(self, connection: Any, *_: Any) -> None:
        if self._fate.dead:
            raise Killed
        self._statements += 1
        if self._fault.at is None or self._statements != self._fault.statement:
            return
        if self._fault.at is AtStatement.KILL:
            self.kill()
        connection.connection.driver_connection.terminate()
