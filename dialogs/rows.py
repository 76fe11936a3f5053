"""Rows of buttons of which each can be read."""

from collections.abc import Iterable, Sequence

from aiogram.types import InlineKeyboardButton

from domain.telegram_limits import is_short

Row = Sequence[InlineKeyboardButton]


def readable(rows: Iterable[Row]) -> list[list[InlineKeyboardButton]]:
    """The same buttons in the same order: those that can be read so stand beside each other."""
    return [part for row in rows for part in _parted(row)]


def _parted(row: Row) -> list[list[InlineKeyboardButton]]:
    """As many beside each other as can be read."""
    for count in range(len(row), 1, -1):
        if all(is_short(each.text, count) for each in row):
            return [list(row[start : start + count]) for start in range(0, len(row), count)]
    return [[each] for each in row]
