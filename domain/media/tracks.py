"""The tracks of a film: pictures, sound, and what telephones write down beside them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, repeat

from domain.media.boxes import Box, Boxes
from domain.media.damage import Damaged

_SEEN_OR_HEARD = {b"vide", b"soun", b"pict", b"auxv"}
# Far more than is written down beside a film of the largest size that Telegram hands to bots.
_MOST = 120_000
_NUMBER, _LONG = 4, 8
_Tables = Mapping[bytes, Box]


def is_seen_or_heard(boxes: Boxes, track: Box) -> bool:
    """Raises Damaged."""
    handler = _inner(boxes, track, b"mdia", b"hdlr")
    return bytes(boxes.data[handler.body + 8 : handler.body + 12]) in _SEEN_OR_HEARD


def samples_of(boxes: Boxes, track: Box) -> Iterator[tuple[int, int]]:
    """From where to where in the file lies what a track says. Raises Damaged."""
    stored = _inner(boxes, track, b"mdia", b"minf", b"stbl")
    tables = boxes.by_kind(stored)
    sizes = iter(_sizes(boxes, tables))
    long = b"co64" in tables
    chunks = _table(boxes, tables, b"co64" if long else b"stco", size=_LONG if long else _NUMBER)
    for begin, many in zip(chunks, _many_in_each(boxes, tables, len(chunks)), strict=False):
        yield begin, begin + sum(islice(sizes, many))
    if next(sizes, None) is not None:
        raise Damaged


def _sizes(boxes: Boxes, tables: _Tables) -> Iterable[int]:
    table = _there(tables, b"stsz")
    [alike, count] = boxes.numbers(table.body + 4, 2, _NUMBER, table.end)
    if count > _MOST:
        raise Damaged
    if alike:
        return repeat(alike, count)
    return boxes.numbers(table.body + 12, count, _NUMBER, table.end)


def _many_in_each(boxes: Boxes, tables: _Tables, chunks: int) -> Iterator[int]:
    """Each row says it from one chunk on, until the next row does."""
    rows = _table(boxes, tables, b"stsc", columns=3)
    firsts = rows[::3]
    for first, many, following in zip(firsts, rows[1::3], [*firsts[1:], chunks + 1], strict=True):
        yield from repeat(many, following - first)


def _table(
    boxes: Boxes, tables: _Tables, kind: bytes, *, columns: int = 1, size: int = _NUMBER
) -> list[int]:
    """Its numbers, which stand behind how many rows there are."""
    table = _there(tables, kind)
    [rows] = boxes.numbers(table.body + 4, 1, _NUMBER, table.end)
    if rows > _MOST:
        raise Damaged
    return boxes.numbers(table.body + 8, rows * columns, size, table.end)


def _inner(boxes: Boxes, box: Box, *way: bytes) -> Box:
    for kind in way:
        box = _there(boxes.by_kind(box), kind)
    return box


def _there(found: _Tables, kind: bytes) -> Box:
    if kind not in found:
        raise Damaged
    return found[kind]
