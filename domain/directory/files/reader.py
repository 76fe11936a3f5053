"""Reading one row's cells, with every fault noted where it stands."""

from collections.abc import Callable
from typing import TypeVar

from domain.directory.files.cells import text_of
from domain.directory.files.problems import Rejected
from domain.directory.files.tables import Row

T = TypeVar("T")


class Faults:
    """What was found wrong so far. A row that is read twice is blamed once."""

    def __init__(self) -> None:
        self._found: dict[Rejected, None] = {}

    @property
    def all(self) -> list[Rejected]:
        return list(self._found)

    def note(self, row: Row, column: str | None, reason: str) -> None:
        self._found.setdefault(row.rejected(column, reason))

    def text(self, row: Row, column: str) -> str:
        return self.value(row, column, text_of) or ""

    def texts(self, row: Row, *columns: str) -> dict[str, str]:
        return {column: self.text(row, column) for column in columns}

    def value(self, row: Row, column: str, parse: Callable[[str], T]) -> T | None:
        """The cell's meaning. An empty cell means nothing; so does a faulty one, which is noted,
        and the row does without it.
        """
        if not row[column]:
            return None
        try:
            return parse(row[column])
        except ValueError as error:
            self.note(row, column, f"{_quoted(row[column])} {error}")
            return None


def one_of(choices: dict[str, T]) -> Callable[[str], T]:
    """A parser for a cell that holds one of a few words, in any case."""

    def parse(text: str) -> T:
        try:
            return choices[text.casefold()]
        except KeyError:
            raise ValueError(f"is none of {', '.join(choices)}") from None

    return parse


def _quoted(text: str) -> str:
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"
