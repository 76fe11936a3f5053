"""WebP: the chunks that a picture is drawn with stay, and none of those that tell of it."""

from struct import pack, unpack_from

from domain.media.damage import MOST_PARTS, Damaged

_HEAD = 12
_EXTENDED = b"VP8X"
_DRAWN_WITH = frozenset({b"VP8 ", b"VP8L", _EXTENDED, b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
# In its first byte: that there is something of Exif, and of XMP.
_TELLS = 0b1100


def is_webp(data: bytes) -> bool:
    return data.startswith(b"RIFF") and data[8:_HEAD] == b"WEBP"


def without_place(data: bytes) -> bytes:
    """The same picture. Raises Damaged."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise Damaged
    kept, at = [b"WEBP"], _HEAD
    for _ in range(MOST_PARTS):
        if at == end:
            body = b"".join(kept)
            return b"RIFF" + pack("<I", len(body)) + body
        if end - at < 8:
            raise Damaged
        kind, length = unpack_from("<4sI", data, at)
        following = at + 8 + length + length % 2
        if following > end:
            raise Damaged
        if kind in _DRAWN_WITH:
            kept.append(_telling_nothing(kind, data[at:following]))
        at = following
    raise Damaged


def _telling_nothing(kind: bytes, chunk: bytes) -> bytes:
    if kind != _EXTENDED or len(chunk) < 9:
        return chunk
    return chunk[:8] + bytes([chunk[8] & ~_TELLS]) + chunk[9:]
