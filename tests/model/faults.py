"""What goes wrong on purpose: at a statement, or in Telegram's answer."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


class Killed(BaseException):
    """The process ends here, as by kill -9: no handler of ours may catch it."""


class AtStatement(Enum):
    KILL = auto()
    #: The connection to the database breaks, and this statement with it.
    CUT = auto()


class Answer(Enum):
    """What becomes of one message to Telegram."""

    TAKEN = auto()
    TOO_MANY = auto()
    BROKEN = auto()
    UNKNOWN_403 = auto()
    #: Telegram has it; we never hear so.
    UNANSWERED = auto()
    KILL_BEFORE = auto()
    KILL_AFTER = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    at: AtStatement | None = None
    #: In how many statements.
    statement: int = 0
    answers: tuple[Answer, ...] = ()


NONE = Fault()


@dataclass
class Faults:
    _fault: Fault = NONE
    _statements: int = 0
    _answers: deque[Answer] = field(default_factory=deque)

    @contextmanager
    def armed(self, fault: Fault) -> Iterator[None]:
        self._fault, self._statements = fault, 0
        self._answers = deque(fault.answers)
        try:
            yield
        finally:
            self._fault, self._answers = NONE, deque()

    def watch(self, engine: AsyncEngine) -> None:
        event.listen(engine.sync_engine, "before_cursor_execute", self._before_statement)

    def next_answer(self) -> Answer:
        return self._answers.popleft() if self._answers else Answer.TAKEN

    def _before_statement(self, connection: Any, *_: Any) -> None:
        self._statements += 1
        if self._fault.at is None or self._statements != self._fault.statement:
            return
        if self._fault.at is AtStatement.KILL:
            raise Killed
        connection.connection.driver_connection.terminate()
