"""Columns that hold one of a few words."""

import enum
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Enum, TypeDecorator, literal_column
from sqlalchemy.sql.operators import OperatorType

from storage.kinds import OfANewerRelease

_LONGEST = 32


class _Compared(Enum.Comparator):
    """What a kind is compared with stands in the statement itself, not among its parameters.

    An index of some kinds only (`WHERE state = 'open'`) fits a statement that says so, and no plan
    that must do for any parameter: PostgreSQL would plan the statement anew each time.
    """

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
        return super().operate(op, *(self._spelt(each) for each in other), **kwargs)

    def _spelt(self, other: Any) -> Any:
        if isinstance(other, enum.Enum):
            return literal_column(f"'{other.value}'", self.type)
        if isinstance(other, list | tuple | set | frozenset) and other:
            return [self._spelt(each) for each in other]
        return other


class _Word(Enum):
    comparator_factory = _Compared


class KindColumn(TypeDecorator[enum.StrEnum]):
    """One of the kind's values."""

    impl = _Word
    cache_ok = True

    def __init__(self, kind: type[enum.StrEnum]) -> None:
        super().__init__(
            kind,
            native_enum=False,
            create_constraint=False,
            length=_LONGEST,
            values_callable=lambda kind: [member.value for member in kind],
        )
        self.kind = kind

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        read = super().result_processor(dialect, coltype)
        assert read is not None

        def read_known(word: Any) -> Any:
            try:
                return read(word)
            except LookupError as error:
                raise OfANewerRelease(str(error)) from None

        return read_known
