import json
from functools import partial
from pathlib import Path

import pytest

from storage.keys.files import KeyFileError, add_key, keep_keys_since, make_key_file, read_key_file


def test_a_key_file_is_for_its_owner_only_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    make_key_file(path)
    before = path.read_bytes()

    with pytest.raises(FileExistsError):
        make_key_file(path)

    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["key"]
    read_key_file(path)


BROKEN = ["", "[]", "[" * 100_000, "{}", '{"epochs": {"one": "x"}}', '{"epochs": {}}']
SECRET = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlYyE="
# As of a full disk, or of a copy by hand.
TORN = ["", SECRET[:-4], SECRET[4:], SECRET.replace("c", "?"), SECRET + SECRET]
NUMBERS = ["-1", "0", "65536"]


@pytest.mark.parametrize(
    "text",
    [
        *BROKEN,
        *(json.dumps({"epochs": {"1": secret}}) for secret in TORN),
        *(json.dumps({"epochs": {number: SECRET}}) for number in NUMBERS),
    ],
)
def test_a_broken_key_file_is_named_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.write_text(text)

    with pytest.raises(KeyFileError, match=r"^the file .*/key is not a key file of Wayhome$"):
        read_key_file(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_custodian_s_copy_opens_as_notepad_saves_it(tmp_path: Path, encoding: str) -> None:
    own, copy = tmp_path / "key", tmp_path / "copy"
    make_key_file(own)
    copy.write_text(own.read_text() + "\r\n", encoding)

    assert read_key_file(copy).fingerprint == read_key_file(own).fingerprint


def test_a_missing_key_file_is_named_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="is not there"):
        read_key_file(tmp_path / "key")


def test_keys_come_and_go_in_place_and_the_file_stays_its_owner_s_only(tmp_path: Path) -> None:
    path = tmp_path / "key"
    make_key_file(path)
    path.chmod(0o400)
    first = read_key_file(path).fingerprints()

    add_key(path, 2)
    both = read_key_file(path).fingerprints()
    keep_keys_since(path, 2)

    assert both.keys() == {1, 2}
    assert both[1] == first[1] != both[2]
    assert read_key_file(path).fingerprints() == {2: both[2]}
    assert path.stat().st_mode & 0o777 == 0o400
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_a_key_file_that_can_t_be_written_is_left_alone_and_a_copy_is_made(tmp_path: Path) -> None:
    path, copy = tmp_path / "key", tmp_path / "copy"
    make_key_file(path)
    before = path.read_bytes()

    add_key(path, 2, into=copy)
    with pytest.raises(KeyFileError, match="can't be written"):
        add_key(path, 2, into=tmp_path / "no" / "such")

    assert path.read_bytes() == before
    assert read_key_file(copy).fingerprints().keys() == {1, 2}
    assert copy.stat().st_mode & 0o777 == 0o600


def test_where_the_newest_key_is_gone_from_the_file_meanwhile_it_is_left_as_it_is(
    tmp_path: Path,
) -> None:
    """Somebody brought an older copy back while keys were rotated."""
    path = tmp_path / "key"
    make_key_file(path)
    before = path.read_bytes()

    with pytest.raises(KeyFileError, match="lacks the newest key"):
        keep_keys_since(path, 2)

    assert path.read_bytes() == before


@pytest.mark.parametrize("what", ["another key", "no key"])
def test_keys_that_go_elsewhere_take_the_place_of_nothing_but_keys_that_are_held(
    tmp_path: Path, what: str
) -> None:
    """On a stick there may lie another installation's, which nothing else opens it with."""
    path, other = tmp_path / "key", tmp_path / "other"
    make_key_file(path)
    if what == "another key":
        make_key_file(other)
    else:
        other.write_text("a letter")
    before = other.read_bytes()

    for change in (partial(add_key, path, 2), partial(keep_keys_since, path, 1)):
        with pytest.raises(KeyFileError, match=r"other (holds another key|is not a key file)"):
            change(into=other)

    assert other.read_bytes() == before


def test_what_an_earlier_rotation_left_there_is_written_over(tmp_path: Path) -> None:
    path, copy = tmp_path / "key", tmp_path / "copy"
    make_key_file(path)
    copy.write_bytes(path.read_bytes())

    add_key(path, 2, into=copy)
    path.write_bytes(copy.read_bytes())
    keep_keys_since(path, 2, into=copy)

    assert read_key_file(copy).fingerprints().keys() == {2}


def test_p6_drafts_with_an_older_key_go_with_it_and_no_other_file_does(tmp_path: Path) -> None:
    path, by_hand = tmp_path / "key", tmp_path / ".key.by-hand"
    make_key_file(path)
    for left in (by_hand, tmp_path / ".key.0123abcd", tmp_path / ".other.0123abcd"):
        left.write_bytes(path.read_bytes())
    add_key(path, 2)
    keep_keys_since(path, 2)

    assert {file.name for file in tmp_path.iterdir()} == {"key", ".key.by-hand", ".other.0123abcd"}
