import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.keys.keyring import DataKey, KeyMissing, Keyring, SealError, hash_of_token

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


def test_the_hash_of_a_chat_is_worked_out_once_and_that_of_words_lies_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed: list[bytes] = []

    def digest(key: bytes, said: bytes, how: object) -> bytes:
        hashed.append(said)
        return said

    monkeypatch.setattr("storage.keys.keyring.hmac.digest", digest)
    keys = Keyring({1: b"a" * 32})
    for _ in range(3):
        for value, kind in ((7, "chat"), (7, "dialog"), (8, "chat"), ("7 hello", "sameness")):
            assert keys.look_up(value, kind) == f"{kind}:{value}".encode()

    words = [b"sameness:7 hello"] * 3
    assert sorted(hashed) == [b"chat:7", b"chat:8", b"dialog:7", *words]


def test_a_ring_in_use_seals_with_the_key_it_is_told_and_finds_by_older_ones() -> None:
    three = Keyring({1: b"a" * 32, 2: b"b" * 32, 3: b"c" * 32})
    used = three.since(1, KEYS.fingerprint)

    assert (used.oldest, used.current) == (1, 2)
    assert KEYS.open(used.seal("hello", "x"), "x") == "hello"
    assert used.look_ups(7, "chat") == [
        KEYS.look_up(7, "chat"),
        Keyring({1: b"a" * 32}).look_up(7, "chat"),
    ]
    assert used.all_look_ups([7], "chat") == dict.fromkeys(
        used.look_ups(7, "chat"), used.look_up(7, "chat")
    )


def test_what_is_sealed_with_an_epoch_that_is_over_does_not_open_though_its_key_is_there() -> None:
    old = Keyring({1: b"a" * 32}).seal("hello", "x")

    with pytest.raises(SealError, match="epoch 1"):
        KEYS.since(2, KEYS.fingerprint).open(old, "x")


@pytest.mark.parametrize("oldest", [1, 3])
def test_a_key_that_is_not_there_is_missing_whatever_its_number(oldest: int) -> None:
    strange = Keyring({2: b"x" * 32}).fingerprint

    with pytest.raises(KeyMissing):
        KEYS.since(1, strange)
    with pytest.raises(KeyMissing):
        Keyring({2: b"b" * 32}).since(oldest, KEYS.fingerprint)


def test_tokens_and_a_person_s_own_hashes_outlive_every_epoch() -> None:
    key, wrapped = Keyring({1: b"a" * 32}).new_data_key()
    rewrapped = KEYS.wrap(KEYS.unwrap(wrapped))

    assert KEYS.unwrap(rewrapped) == key
    assert KEYS.unwrap(rewrapped).look_up("7", "message") == key.look_up("7", "message")
    assert key.look_up("7", "message") != DataKey(b"x" * 32).look_up("7", "message")
    assert hash_of_token("r-1", "invite") != hash_of_token("r-1", "staff code")
