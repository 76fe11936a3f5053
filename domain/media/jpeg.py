"""JPEG: of what a camera or a program adds, what the picture is drawn with stays."""

import re
import struct
from collections.abc import Iterator

from domain.media.damage import MOST_PARTS, Damaged

BEGINNING = b"\xff\xd8\xff"
_EXIF = b"Exif\0\0"
_SCAN, _END, _REMARK = 0xDA, 0xD9, 0xFE
_ADDED = range(0xE0, 0xF0)
# Of what a camera or a program adds, what the picture is drawn with.
_DRAWN_WITH = {0xE0, 0xEE}
_PROFILE, _COLOURS = 0xE2, b"ICC_PROFILE\0"
# A marker may have any number of these before it.
_FILL = re.compile(rb"\xff+")
# Within the picture's own bytes there are stuffed ones, and places where it is picked up again.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_TURNED = 0x0112


def without_place(data: bytes) -> bytes:
    """The same picture, the same way up. Raises Damaged."""
    kept = [data[:2]]
    try:
        for marker, part in _parts(data):
            if part.startswith(_EXIF, 4):
                kept.append(_only_turned(part[10:]))
            elif not _is_added(marker, part):
                kept.append(part)
            if marker == _END:
                return b"".join(kept)
    except IndexError:
        pass
    raise Damaged


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each with its marker; what lies behind the end, such as a second picture, is in none."""
    at = 2
    for _ in range(MOST_PARTS):
        fill = _FILL.match(data, at)
        if fill is None:
            raise Damaged
        at = fill.end() - 1
        marker = data[at + 1]
        end = at + 2 if marker == _END else at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker == _SCAN:
            following = _NEXT_MARKER.search(data, end)
            if following is None:
                raise Damaged
            end = following.start()
        yield marker, data[at:end]
        at = end


def _is_added(marker: int, part: bytes) -> bool:
    if marker == _PROFILE:
        return not part.startswith(_COLOURS, 4)
    return marker == _REMARK or (marker in _ADDED and marker not in _DRAWN_WITH)


def _only_turned(tiff: bytes) -> bytes:
    """Of all that stands there, how the camera was held."""
    order = ">" if tiff.startswith(b"MM") else "<"
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        entries = [
            struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            for number in range(count)
        ]
    except struct.error:
        return b""
    turned = next((value for tag, _, _, value in entries if tag == _TURNED), 1)
    entry = b"\0\x01" + b"\x01\x12\0\x03\0\0\0\x01" + turned.to_bytes(2) + b"\0\0" + bytes(4)
    body = _EXIF + b"MM\0*\0\0\0\x08" + entry
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body
