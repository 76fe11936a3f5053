"""Opus sound in WebM, as Chromium's recorder writes it.

Read strictly: one track of Opus, nothing laced, nothing cut off. What lies beside the sound, such
as titles or the name of a program, is passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from domain.sound.opus import LARGEST_PACKET, Opus, is_head

_MAGIC = b"\x1aE\xdf\xa3"


class _Kind(IntEnum):
    TRACK = 0xAE
    TRACK_NUMBER = 0xD7
    CODEC = 0x86
    CODEC_HEAD = 0x63A2
    BLOCK = 0xA1
    SIMPLE_BLOCK = 0xA3


# What is stepped into: segment, tracks, a track, cluster, group of blocks. A recorder does not know
# how long the first and the clusters become, so where they end is not asked.
_FOLDERS = frozenset({0x18538067, 0x1654AE6B, _Kind.TRACK, 0x1F43B675, 0xA0})
_LACED = 0x06
# Behind a block's number of the track: its time in two bytes, and flags.
_BLOCK_REST = 3
_LONGEST_ID, _LONGEST_SIZE = 4, 8


class Unreadable(ValueError):
    """No WebM, or not of the kind that is read here."""


class _Element(NamedTuple):
    kind: int
    content: bytes


@dataclass(slots=True)
class _Reader:
    data: bytes
    at: int = 0

    def number(self, longest: int, *, marked: bool) -> int | None:
        """One of EBML's numbers, whose first bits say how many bytes it has.

        With its mark it names a kind. Without, all ones mean "not known": None.
        """
        if self.at >= len(self.data):
            raise Unreadable
        length = 9 - self.data[self.at].bit_length()
        if length > longest:
            raise Unreadable
        whole = int.from_bytes(self.bytes(length))
        mark = 1 << (7 * length)
        if marked:
            return whole
        return None if whole == 2 * mark - 1 else whole - mark

    def bytes(self, length: int) -> bytes:
        if length > len(self.data) - self.at:
            raise Unreadable
        start, self.at = self.at, self.at + length
        return self.data[start : self.at]


def is_webm(data: bytes) -> bool:
    return data.startswith(_MAGIC)


def opus_within(data: bytes) -> Opus:
    """Raises Unreadable."""
    tracks = 0
    packets: list[bytes] = []
    number = codec = head = b""
    for kind, content in _elements(data):
        match kind:
            case _Kind.TRACK:
                tracks += 1
            case _Kind.TRACK_NUMBER:
                number = content
            case _Kind.CODEC:
                codec = content
            case _Kind.CODEC_HEAD:
                head = content
            case _Kind.BLOCK | _Kind.SIMPLE_BLOCK:
                packets.append(_packet(content, number))
            case _:
                pass
    if tracks != 1 or codec.rstrip(b"\0") != b"A_OPUS" or not is_head(head) or not packets:
        raise Unreadable
    return Opus(head, packets)


def _elements(data: bytes) -> Iterator[_Element]:
    if not is_webm(data):
        raise Unreadable
    reader = _Reader(data)
    while reader.at < len(data):
        kind = reader.number(_LONGEST_ID, marked=True)
        size = reader.number(_LONGEST_SIZE, marked=False)
        assert kind is not None
        if kind in _FOLDERS:
            yield _Element(kind, b"")
        elif size is None:
            raise Unreadable
        else:
            yield _Element(kind, reader.bytes(size))


def _packet(block: bytes, track: bytes) -> bytes:
    reader = _Reader(block)
    if reader.number(_LONGEST_SIZE, marked=False) != int.from_bytes(track):
        raise Unreadable
    flags = reader.bytes(_BLOCK_REST)[-1]
    packet = block[reader.at :]
    if flags & _LACED or not 0 < len(packet) <= LARGEST_PACKET:
        raise Unreadable
    return packet
