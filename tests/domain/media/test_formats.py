"""P14: what is sent as a file tells nobody where, when and by what it was made."""

from contextlib import suppress
from struct import pack
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.media.damage import MOST_PARTS, Damaged
from domain.media.formats import format_of
from tests.domain.media.samples import (
    ALL,
    COLOURS,
    FRAME,
    HEARD,
    PLACE,
    SCANS,
    SHOWN,
    TABLES,
    WHEN,
    box,
    chunk,
    film,
    png,
    segment,
    still,
    track,
)
from tests.examples import examples

#: What Telegram hands to bots at most.
LARGEST: Final = 20 * 1024 * 1024


def freed(data: bytes) -> bytes:
    found = format_of(data)
    assert found is not None
    return found.without_place(data)


@pytest.mark.parametrize("name", ALL)
def test_p14_a_picture_film_or_recording_keeps_nothing_of_where_it_was_made(name: str) -> None:
    shown = freed(ALL[name])

    assert PLACE[:12] in ALL[name]
    assert PLACE[:12] not in shown
    assert WHEN[:8] not in shown
    assert b"GPS" not in shown
    assert freed(shown) == shown


@pytest.mark.parametrize("name", ["mov", "mp4", "m4a", "heic", "heic with all in its list", "avif"])
def test_what_is_seen_and_heard_stays_where_it_was_in_the_file(name: str) -> None:
    sent = ALL[name]
    shown = freed(sent)

    assert len(shown) == len(sent)
    assert shown.index(SHOWN) == sent.index(SHOWN)
    assert shown.find(HEARD) == sent.find(HEARD)


def test_a_jpeg_stays_the_same_way_up_and_of_the_same_colours() -> None:
    shown = freed(ALL["jpeg"])

    assert b"\x01\x12\0\x03\0\0\0\x01\0\x06" in shown
    assert shown.startswith(b"\xff\xd8" + FRAME)
    assert shown.endswith(COLOURS + TABLES + SCANS)


def test_a_png_keeps_the_chunks_that_it_is_drawn_with() -> None:
    drawn = [chunk(b"IHDR", bytes(13)), chunk(b"gAMA", bytes(4)), chunk(b"IDAT", SHOWN)]

    assert freed(png()) == b"\x89PNG\r\n\x1a\n" + b"".join([*drawn, chunk(b"IEND")])


def test_a_webp_says_no_more_that_something_is_told_with_it() -> None:
    assert freed(ALL["webp"])[20] == 0x10


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        *((ALL[name], name) for name in ("png", "webp", "mov", "mp4", "m4a", "heic", "avif")),
        (ALL["jpeg"], "jpg"),
        (still(b"mif1"), "heic"),
        (box(b"ftyp", b"mif1", bytes(4), b"avif"), "avif"),
        (b"%PDF-1.7", "pdf"),
        (b"GIF89a", "gif"),
        (b"OggS", "ogg"),
        (b"ID3\4", "mp3"),
    ],
)
def test_what_a_file_is_is_known_by_what_it_holds(data: bytes, ending: str) -> None:
    found = format_of(data)

    assert found is not None
    assert found.ending == ending


@pytest.mark.parametrize("data", [b"", b"ftyp", b"PK\3\4", b"<html>", b"\xff\xd8", b"RIFF1234WAVE"])
def test_of_anything_else_nothing_is_said(data: bytes) -> None:
    assert format_of(data) is None


def endless(begin: bytes, part: bytes) -> bytes:
    return begin + part * ((LARGEST - len(begin)) // len(part))


FTYP = box(b"ftyp", b"isom", bytes(4))
HOSTILE = {
    "empty segments without end": endless(b"\xff\xd8", segment(0xE1, b"")),
    "fill without end": endless(b"\xff\xd8", b"\xff"),
    "a scan without end": endless(b"\xff\xd8" + segment(0xDA, b"scan"), b"\xff\0"),
    "a scan that is picked up without end": endless(
        b"\xff\xd8" + segment(0xDA, b"scan"), b"\xff\xd0"
    ),
    "empty chunks without end": endless(b"\x89PNG\r\n\x1a\n", chunk(b"tEXt")),
    "a chunk of four gigabytes": b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xffIDAT" + bytes(20),
    "no end": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)),
    "empty chunks of riff without end": endless(
        b"RIFF" + pack("<I", LARGEST - 16) + b"WEBP", b"ALPH" + bytes(4)
    ),
    "empty boxes without end": endless(FTYP, box(b"free")),
    "boxes that hold boxes without end": endless(FTYP, box(b"moov", box(b"trak", box(b"mdia")))),
    "a box of 2^63 bytes": FTYP + pack(">I4sQ", 1, b"mdat", 2**63) + bytes(20),
    "a box smaller than its head": FTYP + pack(">I4s", 7, b"mdat") + bytes(20),
    "a long box smaller than its head": FTYP + pack(">I4sQ", 1, b"mdat", 8) + bytes(20),
    "samples that are four thousand millions": FTYP
    + box(b"moov", track(b"mebx", [8], [1], alike=1).replace(pack(">II", 1, 1), b"\xff" * 8)),
    "samples outside": FTYP + box(b"moov", track(b"mebx", [2**31], [9, 9])),
    "samples that no chunk holds": FTYP + box(b"moov", track(b"mebx", [8], [1, 1, 1, 1])),
    "a track of no kind": FTYP + box(b"moov", box(b"trak")),
    "places in fragments": FTYP
    + box(b"moov", track(b"mebx", [], []))
    + box(b"moof", box(b"traf", PLACE)),
    "an item that nobody knows": still().replace(b"hvc1", b"jpeg"),
    "an item beside the file": still().replace(pack(">HHH", 2, 0, 0), pack(">HHH", 2, 2, 0)),
    "items of an older list": still().replace(b"infe\2", b"infe\0"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_damaged_or_meant_to_keep_us_busy_is_said_to_be(name: str) -> None:
    with pytest.raises(Damaged):
        freed(HOSTILE[name])


def test_a_film_that_was_cut_off_is_damaged_and_what_stands_behind_it_is_gone() -> None:
    with pytest.raises(Damaged):
        freed(film()[:200])
    assert freed(film() + b"GPS+41.")[-7:] == bytes(7)


def test_a_picture_of_as_many_parts_as_cameras_make_is_freed() -> None:
    lines = chunk(b"IDAT", bytes(8)) * (MOST_PARTS // 2)
    many = b"\x89PNG\r\n\x1a\n" + lines + chunk(b"tEXt", PLACE) + chunk(b"IEND")

    assert freed(many) == many.replace(chunk(b"tEXt", PLACE), b"")


@settings(max_examples=examples(3))
@given(st.sampled_from(sorted(ALL)), st.data())
def test_no_file_is_too_odd_to_be_looked_at(name: str, data: st.DataObject) -> None:
    sent = bytearray(ALL[name])
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(12, len(sent) - 1))
        sent[at] = data.draw(st.sampled_from([0, 1, 2, 8, 0x7F, 0xFF]) | st.integers(0, 255))
    cut = data.draw(st.integers(12, len(sent)))
    with suppress(Damaged):
        freed(bytes(sent[:cut]))
