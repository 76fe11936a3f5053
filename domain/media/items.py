"""The pictures of a HEIC or AVIF file, and what is written down beside them (ISO/IEC 23008-12)."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.media.boxes import Box, Boxes
from domain.media.damage import MOST_PARTS, Damaged

_STAYS = {b"hdlr", b"pitm", b"iinf", b"iloc", b"iprp", b"iref", b"idat", b"dinf", b"grpl"}
# Exif's, XMP's and what else somebody made up.
_TELLS = {b"Exif", b"mime", b"uri "}
_PICTURES = {b"hvc1", b"av01", b"avc1", b"grid", b"iden", b"iovl", b"tmap"}
_OLDEST, _WIDE = 2, 3
_IN_FILE, _IN_DATA = 0, 1


def wipe_what_tells(boxes: Boxes, meta: Box) -> None:
    """Raises Damaged, for an item of a kind that nobody here knows, too."""
    found = {}
    for box in boxes.within(meta.body + 4, meta.end):
        if box.kind in found:
            raise Damaged
        if box.kind in _STAYS:
            found[box.kind] = box
        else:
            boxes.empty(box)
    if not {b"iinf", b"iloc"} <= found.keys():
        boxes.empty(meta)
        return
    tells = set(_items_that_tell(boxes, found[b"iinf"]))
    for item, begin, end in _Places(boxes, found[b"iloc"], found.get(b"idat")).all():
        if item in tells:
            boxes.wipe(begin, end)


def _items_that_tell(boxes: Boxes, listed: Box) -> Iterator[int]:
    cursor = _Cursor(boxes, listed.body, listed.end)
    version = cursor.version()
    cursor.number(4 if version else 2)
    for box in boxes.within(cursor.at, listed.end):
        named = _Cursor(boxes, box.body, box.end)
        version = named.version()
        if version < _OLDEST:
            raise Damaged
        item = named.number(4 if version == _WIDE else 2)
        named.number(2)
        kind = named.number(4).to_bytes(4)
        if kind in _TELLS:
            yield item
        elif kind not in _PICTURES:
            raise Damaged


@dataclass(frozen=True, slots=True)
class _Places:
    """Of each item, where in the file its parts lie."""

    boxes: Boxes
    listed: Box
    data: Box | None

    def all(self) -> Iterator[tuple[int, int, int]]:
        cursor = _Cursor(self.boxes, self.listed.body, self.listed.end)
        version = cursor.version()
        of_offset, of_length = divmod(cursor.number(1), 16)
        of_base, of_index = divmod(cursor.number(1), 16)
        wide = 4 if version == _OLDEST else 2
        left = MOST_PARTS
        for _ in range(cursor.number(wide)):
            item = cursor.number(wide)
            method = cursor.number(2) & 0xF if version else _IN_FILE
            cursor.number(2)
            base = self._begin_of(method) + cursor.number(of_base)
            for _ in range(cursor.number(2)):
                left -= 1
                if left < 0:
                    raise Damaged
                cursor.number(of_index if version else 0)
                begin = base + cursor.number(of_offset)
                length = cursor.number(of_length)
                if not length:
                    raise Damaged
                yield item, begin, begin + length

    def _begin_of(self, method: int) -> int:
        if method == _IN_FILE:
            return 0
        if method != _IN_DATA or self.data is None:
            raise Damaged
        return self.data.body


@dataclass(slots=True)
class _Cursor:
    boxes: Boxes
    at: int
    end: int

    def number(self, size: int) -> int:
        """The next one, of so many bytes; of none it is 0. Raises Damaged."""
        if not size:
            return 0
        [number] = self.boxes.numbers(self.at, 1, size, self.end)
        self.at += size
        return number

    def version(self) -> int:
        """A full box's, behind which there are flags."""
        return self.number(4) >> 24
