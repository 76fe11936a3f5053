"""Rows of buttons of which each can be read.

Telegram's apps write a label in one line, and cut off what has no room there.
"""

from collections.abc import Iterable, Sequence
from unicodedata import category

from aiogram.types import InlineKeyboardButton

# Of letters: as many as a button all across a phone shows that is 320 points wide.
_ROOM = 32
# A picture takes the room of two letters; what is put upon another sign, or is no sign, takes none.
_PICTURES = {"So"}
_NO_ROOM = {"Mn", "Me", "Cf"}

Row = Sequence[InlineKeyboardButton]


def readable(rows: Iterable[Row]) -> list[list[InlineKeyboardButton]]:
    """The same buttons in the same order: those that can be read so stand beside each other."""
    return [part for row in rows for part in _parted(row)]


def is_short(label: str, beside: int = 1) -> bool:
    """Whether all of it is seen where so many buttons share the row."""
    return _width(label) <= _ROOM // beside


def _parted(row: Row) -> list[list[InlineKeyboardButton]]:
    """As many beside each other as can be read."""
    for count in range(len(row), 1, -1):
        if all(is_short(each.text, count) for each in row):
            return [list(row[start : start + count]) for start in range(0, len(row), count)]
    return [[each] for each in row]


def _width(label: str) -> int:
    kinds = [category(sign) for sign in label]
    pictures = sum(kind in _PICTURES for kind in kinds)
    return len(kinds) + pictures - sum(kind in _NO_ROOM for kind in kinds)
