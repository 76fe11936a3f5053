"""PNG: the chunks that a picture is drawn with stay, and none of those that tell of it."""

from struct import unpack_from

from domain.media.damage import MOST_PARTS, Damaged

BEGINNING = b"\x89PNG\r\n\x1a\n"
_END = b"IEND"
# Lines, colours, transparency, size and, of a moving one, its frames; Apple's own mark.
_DRAWN_WITH = frozenset(
    {
        *(b"IHDR", b"PLTE", b"IDAT", _END, b"CgBI"),
        *(b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"),
        *(b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"),
    }
)
# Its length, its kind, and a checksum.
_AROUND = 12


def without_place(data: bytes) -> bytes:
    """The same picture. Raises Damaged."""
    kept, at = [BEGINNING], len(BEGINNING)
    for _ in range(MOST_PARTS):
        if len(data) - at < _AROUND:
            raise Damaged
        length, kind = unpack_from(">I4s", data, at)
        end = at + _AROUND + length
        if end > len(data):
            raise Damaged
        if kind in _DRAWN_WITH:
            kept.append(data[at:end])
        if kind == _END:
            return b"".join(kept)
        at = end
    raise Damaged
