"""A browser's WebM becomes the Ogg that Telegram plays, packet by packet."""

import struct
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sound.ogg import ogg
from domain.sound.opus import Opus, samples
from domain.sound.webm import Unreadable, opus_within
from tests.domain.sound.recordings import HEAD, LONGEST, TWENTY, webm

packets = st.lists(
    st.tuples(st.sampled_from([TWENTY, LONGEST]), st.binary(max_size=1300)).map(b"".join),
    min_size=1,
    max_size=200,
)


def pages(data: bytes) -> list[tuple[int, int, int, list[bytes]]]:
    """Flags, samples so far, number and packets of each page, read without our writer's help."""
    found = []
    while data:
        mark, version, flags, so_far, _, number, _, count = struct.unpack("<4sBBqIIIB", data[:27])
        assert (mark, version) == (b"OggS", 0)
        lacing, at, inside = data[27 : 27 + count], 27 + count, [b""]
        for length in lacing:
            inside[-1] += data[at : at + length]
            at += length
            if length < 255:
                inside.append(b"")
        assert inside.pop() == b""
        assert slow_checksum(data[:22] + bytes(4) + data[26:at]) == int.from_bytes(
            data[22:26], "little"
        )
        found.append((flags, so_far, number, inside))
        data = data[at:]
    return found


def slow_checksum(data: bytes) -> int:
    register = 0
    for byte in data:
        register ^= byte << 24
        for _ in range(8):
            register = register << 1 ^ (0x104C11DB7 if register >> 31 else 0)
    return register


@given(packets)
def test_every_packet_arrives_whole_and_in_order(sound: list[bytes]) -> None:
    assert opus_within(webm(sound)) == Opus(HEAD, sound)


@given(packets.filter(lambda sound: sum(map(len, sound)) < 4000))
def test_ogg_has_the_packets_their_length_and_right_checksums(sound: list[bytes]) -> None:
    first, tags, *rest = pages(ogg(Opus(HEAD, sound)))
    assert (first[0], first[1], first[3]) == (2, 0, [HEAD])
    assert tags[3] == [b"OpusTags" + bytes(8)]
    assert [page[2] for page in rest] == list(range(2, len(rest) + 2))
    assert [packet for page in rest for packet in page[3]] == sound
    ends = list(accumulate(len(page[3]) for page in rest))
    assert [page[1] for page in rest] == [sum(map(samples, sound[:end])) for end in ends]
    assert [page[0] for page in rest] == [0] * (len(rest) - 1) + [4]


@given(st.binary(max_size=400))
def test_what_is_no_webm_is_refused_and_nothing_else(rest: bytes) -> None:
    for data in (rest, b"\x1aE\xdf\xa3" + rest):
        with pytest.raises(Unreadable):
            opus_within(data)


@given(st.data())
def test_one_that_was_cut_off_or_changed_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(webm([TWENTY + b"sound"] * 5))
    cut = data.draw(st.integers(1, len(whole)))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        sound = opus_within(bytes(whole[:cut]))
    except Unreadable:
        return
    assert ogg(sound).startswith(b"OggS")


@pytest.mark.parametrize(
    "other",
    [
        webm([]),
        webm([TWENTY], codec=b"A_VORBIS"),
        webm([TWENTY], head=b"OpusHead"),
        webm([TWENTY], head=HEAD[:9] + b"\x06" + HEAD[10:]),
        webm([TWENTY], track=b"\x82"),
        webm([TWENTY], flags=0x02),
        webm([TWENTY], tracks=2),
        webm([b""]),
        webm([TWENTY * 70_000]),
        webm([TWENTY])[:-1],
    ],
    ids=["silence", "codec", "head", "channels", "track", "laced", "two", "empty", "huge", "cut"],
)
def test_other_webm_is_refused(other: bytes) -> None:
    with pytest.raises(Unreadable):
        opus_within(other)
