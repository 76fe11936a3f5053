from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.keys import KeyFileError, Keyring, SealError, make_key_file, read_key_file

KEYS = Keyring({1: b"a" * 32, 2: b"b" * 32})


@given(st.text(st.characters(exclude_categories=[])), st.text())
def test_what_is_sealed_opens_again_in_its_context_whatever_the_words(
    words: str, context: str
) -> None:
    data_key, wrapped = KEYS.new_data_key()

    assert KEYS.open(KEYS.seal(words, context), context) == words
    assert KEYS.unwrap(wrapped).open(data_key.seal(words, context), context) == words


def test_a_sealed_value_moved_to_another_context_does_not_open() -> None:
    with pytest.raises(SealError):
        KEYS.open(KEYS.seal("hello", "message 1"), "message 2")


def test_p7_the_same_words_are_never_sealed_to_the_same_bytes() -> None:
    assert KEYS.seal("hello", "x") != KEYS.seal("hello", "x")


def test_an_older_epoch_still_opens_and_the_newest_seals() -> None:
    old = Keyring({1: b"a" * 32}).seal("hello", "x")

    assert KEYS.open(old, "x") == "hello"
    with pytest.raises(SealError, match="epoch 2"):
        Keyring({1: b"a" * 32}).open(KEYS.seal("hello", "x"), "x")


def test_look_ups_differ_by_kind_and_by_key() -> None:
    assert KEYS.look_up(7, "chat") != KEYS.look_up(7, "invite")
    assert KEYS.look_up(7, "chat") != Keyring({1: b"a" * 32}).look_up(7, "chat")


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


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"epochs": {"one": "x"}}', '{"epochs": {}}'])
def test_a_broken_key_file_is_named_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.write_text(text)

    with pytest.raises(KeyFileError, match="key is not a key file of Wayhome"):
        read_key_file(path)


def test_a_missing_key_file_is_named_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="is not there"):
        read_key_file(tmp_path / "key")
