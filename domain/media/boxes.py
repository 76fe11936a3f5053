"""Files made of boxes within boxes (ISO/IEC 14496-12), written over where they stand: much in them
is named by its place in the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import unpack_from
from typing import NamedTuple

from domain.media.damage import MOST_PARTS, Damaged

_EMPTY = b"free"


class Box(NamedTuple):
    kind: bytes
    begin: int
    body: int
    end: int


@dataclass(slots=True)
class Boxes:
    """A file that is being written over."""

    data: bytearray
    _left: int = field(default=MOST_PARTS)

    def within(self, begin: int, end: int) -> Iterator[Box]:
        """Raises Damaged. What is too short to be one more box is wiped."""
        while end - begin >= 8:
            self._left -= 1
            if self._left < 0:
                raise Damaged
            box = self._box(begin, end)
            yield box
            begin = box.end
        self.wipe(begin, end)

    def by_kind(self, box: Box) -> dict[bytes, Box]:
        return {each.kind: each for each in self.within(box.body, box.end)}

    def numbers(self, begin: int, count: int, size: int, end: int) -> list[int]:
        """So many numbers of so many bytes. Raises Damaged where they end behind `end`."""
        if begin + count * size > end:
            raise Damaged
        places = range(begin, begin + count * size, size)
        return [int.from_bytes(self.data[at : at + size]) for at in places]

    def wipe(self, begin: int, end: int) -> None:
        """Raises Damaged for what lies outside the file."""
        if not 0 <= begin <= end <= len(self.data):
            raise Damaged
        self.data[begin:end] = bytes(end - begin)

    def empty(self, box: Box) -> None:
        self.data[box.begin + 4 : box.begin + 8] = _EMPTY
        self.wipe(box.body, box.end)

    def _box(self, begin: int, end: int) -> Box:
        size, kind = unpack_from(">I4s", self.data, begin)
        body = begin + 8
        if size == 1:
            [size] = self.numbers(body, 1, 8, end)
            body += 8
        elif size == 0:
            size = end - begin
        if not body - begin <= size <= end - begin:
            raise Damaged
        return Box(kind, begin, body, begin + size)
