"""P14: a picture that is sent as a file tells nobody where it was taken."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.recordings import recording
from console.taken_where import without_place
from storage.kinds import MessageKind

PLACE = b"41.3275N 19.8187E"
NAMED = b"http://ns.adobe.com/xap/1.0/\0exif:GPSLatitude " + PLACE


def part(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body


def exif(order: str, turned: int) -> bytes:
    mark = b"MM" if order == ">" else b"II"
    entries = [(0x010F, 2, 4, 0), (0x0112, 3, 1, turned), (0x8825, 4, 1, 50)]
    listed = b"".join(pack(f"{order}HHIHxx", *entry) for entry in entries)
    head = mark + pack(f"{order}HIH", 42, 8, len(entries))
    return part(0xE1, b"Exif\0\0" + head + listed + bytes(4) + PLACE)


FRAME = part(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")
COLOURS = part(0xE2, b"ICC_PROFILE\0\1\1colours")
TABLES = part(0xDB, bytes(65))
SCANS = (part(0xDA, b"scan") + b"\x12\xff\0\x34\xff\xd0\x56" + part(0xC4, b"\xff\xd9 a table")) + (
    part(0xDA, b"scan") + b"\x78\x9a\xff\xd9"
)


@pytest.mark.parametrize("order", "<>")
def test_p14_a_picture_sent_as_a_file_keeps_nothing_of_where_it_was_taken(order: str) -> None:
    added = exif(order, 6) + part(0xE1, NAMED) + part(0xFE, PLACE) + part(0xED, PLACE)
    second = b"\xff\xd8" + exif(order, 1) + SCANS
    sent = b"\xff\xd8" + FRAME + added + COLOURS + part(0xE2, b"MPF\0" + PLACE) + TABLES + SCANS
    shown = bytes(recording(sent + second, MessageKind.DOCUMENT).body)

    assert PLACE not in shown
    assert b"GPS" not in shown
    assert b"\x01\x12\0\x03\0\0\0\x01\0\x06" in shown
    assert shown.startswith(b"\xff\xd8" + FRAME)
    assert shown.endswith(COLOURS + TABLES + SCANS)
    assert without_place(shown) == shown


def test_what_is_no_picture_comes_as_it_was_sent() -> None:
    for sent in (b"", b"%PDF-1.7 papers", b"\xff\xd8\xff", b"\xff\xd8" + FRAME + b"cut off"):
        assert without_place(sent) == sent


@given(st.binary(max_size=300))
def test_no_file_is_too_odd_to_be_looked_at(data: bytes) -> None:
    assert without_place(b"\xff\xd8\xff" + data) is not None
