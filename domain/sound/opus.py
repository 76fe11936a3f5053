"""Packets of Opus, as RFC 6716 and RFC 7845 lay them out."""

from collections.abc import Sequence
from dataclasses import dataclass

#: Samples a second, whatever was recorded.
RATE = 48_000
#: 48 frames of 1,275 bytes each, and what says so.
LARGEST_PACKET = 61_440
_HEAD = b"OpusHead"
_HEAD_LENGTH = 19
# Of SILK, hybrid and CELT, in samples of a frame, by the first five bits of a packet.
_FRAMES = [480, 960, 1920, 2880] * 3 + [480, 960] * 2 + [120, 240, 480, 960] * 4
_COUNTED = 3
_COUNT = 0x3F


@dataclass(frozen=True, slots=True)
class Opus:
    #: The identification header: channels, what to skip at the beginning, loudness.
    head: bytes
    packets: Sequence[bytes]

    @property
    def seconds(self) -> float:
        return sum(map(samples, self.packets)) / RATE


def is_head(data: bytes) -> bool:
    """Of one or two channels, which need no map."""
    plain = len(data) == _HEAD_LENGTH and data.startswith(_HEAD)
    return plain and data[9] in (1, 2) and data[18] == 0


def samples(packet: bytes) -> int:
    """How long a packet sounds."""
    shape, frames = packet[0] >> 3, packet[0] & 3
    if frames == _COUNTED:
        count = packet[1] & _COUNT if len(packet) > 1 else 0
    else:
        count = 1 if frames == 0 else 2
    return _FRAMES[shape] * count
