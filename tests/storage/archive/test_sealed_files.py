"""A sealed file opens whole and unchanged, or not at all."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.archive.sealed_files import SealedFileError, SealedReader, SealedWriter
from storage.keys.keyring import Keyring

KEYS = Keyring({1: b"k" * 32})
CHUNK = 64 * 1024
SEALED_CHUNK = CHUNK + 16
HEADER = len("wayhome sealed") + 1 + 2 + 32
RECORDS = [b"first", b"", b"x" * (3 * CHUNK), bytes(range(256)) * 40, b"canary"]


def sealed(records: list[bytes], keys: Keyring = KEYS) -> bytes:
    file = BytesIO()
    writer = SealedWriter(file, keys)
    for record in records:
        writer.write(record)
    writer.finish()
    return file.getvalue()


def opened(content: bytes, number: int, keys: Keyring = KEYS) -> list[bytes]:
    reader = SealedReader(BytesIO(content), keys)
    records = [reader.read() for _ in range(number)]
    reader.finish()
    return records


FILE = sealed(RECORDS)


@given(st.lists(st.binary(max_size=CHUNK + 50), max_size=5))
def test_what_goes_in_comes_out_whatever_its_length(records: list[bytes]) -> None:
    assert opened(sealed(records), len(records)) == records


@pytest.mark.parametrize("filler", range(CHUNK - 9, CHUNK + 2))
def test_a_file_that_ends_with_a_full_chunk_is_as_good_as_any(filler: int) -> None:
    records = [b"x" * filler, b"y"]

    assert opened(sealed(records), 2) == records


@given(st.integers(0, len(FILE) - 1), st.integers(0, 7))
def test_a_file_with_one_bit_changed_is_refused(place: int, bit: int) -> None:
    changed = bytearray(FILE)
    changed[place] ^= 1 << bit

    with pytest.raises(SealedFileError):
        opened(bytes(changed), len(RECORDS))


@given(st.integers(0, len(FILE) - 1))
def test_a_file_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(SealedFileError):
        opened(FILE[:length], len(RECORDS))


@pytest.mark.parametrize("chunk", range(3))
def test_a_file_cut_off_between_two_chunks_is_refused(chunk: int) -> None:
    with pytest.raises(SealedFileError, match="cut off"):
        opened(FILE[: HEADER + (chunk + 1) * SEALED_CHUNK], len(RECORDS))


def test_a_file_that_goes_on_where_it_should_end_is_refused() -> None:
    with pytest.raises(SealedFileError):
        opened(FILE + b"x", len(RECORDS))
    with pytest.raises(SealedFileError, match="goes on"):
        opened(FILE, len(RECORDS) - 1)


def test_chunks_in_another_order_are_refused() -> None:
    first, second = HEADER, HEADER + SEALED_CHUNK
    swapped = (
        FILE[:first]
        + FILE[second : second + SEALED_CHUNK]
        + FILE[first:second]
        + FILE[second + SEALED_CHUNK :]
    )

    with pytest.raises(SealedFileError):
        opened(swapped, len(RECORDS))


def test_a_chunk_of_another_file_under_the_same_key_is_refused() -> None:
    other = sealed(RECORDS)
    mixed = FILE[: HEADER + SEALED_CHUNK] + other[HEADER + SEALED_CHUNK :]

    with pytest.raises(SealedFileError):
        opened(mixed, len(RECORDS))


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (Keyring({1: b"another key of thirty-two bytes!"}), "sealed with another key"),
        (Keyring({2: b"k" * 32}), "the key of epoch 1, which the key file does not hold"),
    ],
)
def test_a_file_under_a_key_that_is_not_here_is_refused_and_says_so(
    keys: Keyring, sentence: str
) -> None:
    with pytest.raises(SealedFileError, match=sentence):
        opened(FILE, len(RECORDS), keys)


@pytest.mark.parametrize("content", [b"", b"wayhome", b"PGDMP" + b"x" * 200])
def test_a_file_of_something_else_is_refused_and_says_so(content: bytes) -> None:
    with pytest.raises(SealedFileError, match="no backup of Wayhome"):
        opened(content, 1)


def test_p7_the_same_records_never_look_the_same_and_nothing_shows_through() -> None:
    again = sealed(RECORDS)

    assert FILE[HEADER:] != again[HEADER:]
    for file in (FILE, again):
        assert b"canary" not in file
        assert b"k" * 32 not in file


def test_a_file_of_an_older_epoch_opens_as_long_as_its_key_is_kept() -> None:
    both = Keyring({1: b"k" * 32, 2: b"n" * 32})

    assert opened(FILE, len(RECORDS), both) == RECORDS
    assert SealedReader(BytesIO(sealed([], both)), both).epoch == 2
