"""A picture that was sent as a file says where it was taken. Nobody here is to learn that (P14):
Telegram takes it out of what is sent as a photo, and we out of a JPEG that is sent as a file.
"""

import struct
from collections.abc import Iterator

_JPEG, _EXIF = b"\xff\xd8\xff", b"Exif\0\0"
_SCAN, _END, _REMARK = 0xDA, 0xD9, 0xFE
_ADDED = range(0xE0, 0xF0)
# Of what a camera or a program adds, what the picture is drawn with.
_DRAWN_WITH = {0xE0, 0xEE}
_PROFILE, _COLOURS = 0xE2, b"ICC_PROFILE\0"
# Within the picture's own bytes: a stuffed one, or where it may be picked up again.
_NO_MARKER = {0x00, *range(0xD0, 0xD8)}
_TURNED = 0x0112


def without_place(data: bytes) -> bytes:
    """The same picture, the same way up, and nothing of where, when and by what it was taken; what
    is no JPEG, or a damaged one, as it came.
    """
    if not data.startswith(_JPEG):
        return data
    kept = [_JPEG[:2]]
    try:
        for marker, part in _parts(data):
            if part.startswith(_EXIF, 4):
                kept.append(_only_turned(part[10:]))
            elif not _is_added(marker, part):
                kept.append(part)
            if marker == _END:
                return b"".join(kept)
    except (IndexError, ValueError):
        pass
    return data


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each with its marker; what lies behind the end, such as a second picture, is in none."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker where there must be one")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        end = at + 2 if marker == _END else at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker == _SCAN:
            end = data.index(b"\xff", end)
            while data[end + 1] in _NO_MARKER:
                end = data.index(b"\xff", end + 2)
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
