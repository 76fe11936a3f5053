"""Opus sound in Ogg, which Telegram plays as a voice note (RFC 3533 and RFC 7845)."""

from collections.abc import Iterator, Sequence
from struct import Struct
from zlib import crc32

from domain.sound.opus import RATE, Opus, samples

# Mark, version, flags, samples so far, stream, number of the page, checksum, number of segments.
_PAGE = Struct("<4sBBqIIIB")
_CHECKSUM = slice(22, 26)
_FIRST, _LAST = 2, 4
_SEGMENT = 255
_SEGMENTS = 255
# So often a player finds a place to jump to.
_PAGE_LASTS = RATE
# No program's name and no comment: nothing in it says where it was made.
_TAGS = b"OpusTags" + bytes(8)
_STREAM = 1
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def ogg(sound: Opus) -> bytes:
    """A page has room for the largest packet, so that none goes on over two of them."""
    pages = [([sound.head], 0), ([_TAGS], 0), *_paged(sound.packets)]
    flags = [_FIRST, *[0] * (len(pages) - 2), _LAST]
    return b"".join(
        _page(packets, so_far, number, flags[number])
        for number, (packets, so_far) in enumerate(pages)
    )


def _paged(packets: Sequence[bytes]) -> Iterator[tuple[list[bytes], int]]:
    """What goes on each page, and how many samples have sounded at its end."""
    page: list[bytes] = []
    segments = so_far = began = 0
    for packet in packets:
        needed = len(packet) // _SEGMENT + 1
        if page and (segments + needed > _SEGMENTS or so_far - began >= _PAGE_LASTS):
            yield page, so_far
            page, segments, began = [], 0, so_far
        page.append(packet)
        segments += needed
        so_far += samples(packet)
    yield page, so_far


def _page(packets: Sequence[bytes], so_far: int, number: int, flags: int) -> bytes:
    lacing = b"".join(
        b"\xff" * (len(packet) // _SEGMENT) + bytes([len(packet) % _SEGMENT]) for packet in packets
    )
    head = _PAGE.pack(b"OggS", 0, flags, so_far, _STREAM, number, 0, len(lacing))
    page = bytearray(head + lacing + b"".join(packets))
    page[_CHECKSUM] = _checksum(bytes(page)).to_bytes(4, "little")
    return bytes(page)


def _checksum(data: bytes) -> int:
    """Ogg's: the same polynomial as zlib's, with the bits the other way round and nothing turned
    over at either end.
    """
    mirrored = crc32(data.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)
