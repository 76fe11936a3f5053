"""Recordings as a browser makes them."""

import struct

HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)


# 20 ms of SILK, as browsers record speech; and longer ones, to 120 ms.
TWENTY, LONGEST = b"\x08", b"\x1b\x02"


UNKNOWN = b"\x01" + b"\xff" * 7


def element(kind: str, content: bytes, size: bytes | None = None) -> bytes:
    return bytes.fromhex(kind) + (size or (1 << 56 | len(content)).to_bytes(8)) + content


def webm(
    sound: list[bytes],
    *,
    codec: bytes = b"A_OPUS",
    head: bytes = HEAD,
    track: bytes = b"\x81",
    flags: int = 0x80,
    tracks: int = 1,
) -> bytes:
    entry = element("d7", b"\x01") + element("86", codec) + element("63a2", head)
    blocks = [
        element("a3", track + number.to_bytes(2) + bytes([flags]) + packet)
        for number, packet in enumerate(sound)
    ]
    inside = element("1549a966", element("4d80", b"Chrome"))
    inside += element("1654ae6b", element("ae", entry) * tracks)
    inside += element("1f43b675", element("e7", b"\0") + b"".join(blocks), UNKNOWN)
    return element("1a45dfa3", element("4282", b"webm")) + element("18538067", inside, UNKNOWN)
