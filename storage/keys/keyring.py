"""Keys, and what is sealed with them.

There is one random secret per epoch. From it come, by HKDF, the epoch key (seals what the service
itself must read, and wraps each person's data key) and the look-up key (a keyed hash that finds a
chat without keeping its id). Everything is AES-256-GCM, bound to a context, so that a sealed value
moved to another row or column does not open.

While keys are rotated, two epochs are in use: the newer one seals, both open and find.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_EPOCH = 2
# Of each epoch: the chats that are in hand ask for theirs a score of times an update.
_REMEMBERED = 2_000


class KeyMissing(Exception):
    """The database is written with a key that is not here."""


class SealError(Exception):
    """A sealed value was changed, moved, or sealed with a key that is not here."""


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"wayhome {purpose}".encode()).derive(secret)


def _seal(cipher: AESGCM, plain: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, context.encode())


def _open(cipher: AESGCM, sealed: bytes, context: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError(f"sealed {context} does not open") from error


@dataclass(frozen=True, repr=False)
class DataKey:
    """One person's own key."""

    secret: bytes

    def seal(self, words: str, context: str) -> bytes:
        return _seal(self._cipher, words.encode("utf-8", "surrogatepass"), context)

    def open(self, sealed: bytes, context: str) -> str:
        """Raises SealError."""
        return _open(self._cipher, sealed, context).decode("utf-8", "surrogatepass")

    def look_up(self, value: str, kind: str) -> bytes:
        """A keyed hash that no rotation changes, and that nobody can make without this person."""
        [found] = self.look_ups([value], kind)
        return found

    def look_ups(self, values: Iterable[str], kind: str) -> set[bytes]:
        """`look_up` of many values."""
        key = self._look_up_key
        return {
            hmac.digest(key, f"{kind}:{value}".encode("utf-8", "surrogatepass"), hashlib.sha256)
            for value in values
        }

    # To make either of them takes longer than to use it.
    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.secret)

    @cached_property
    def _look_up_key(self) -> bytes:
        return _derive(self.secret, "look-up")


def hash_of_token(token: str, kind: str) -> bytes:
    """What is kept of a code or a cookie. It needs no key, since nobody guesses what was drawn by
    chance; so no rotation changes it, and a card that was handed out still opens its door.
    """
    return hashlib.sha256(f"{kind}:{token}".encode()).digest()


class _Epoch:
    """The keys of one epoch, and beside them the hashes of numbers that it was asked for lately; of
    words none.
    """

    def __init__(self, secret: bytes) -> None:
        self.seal_key = _derive(secret, "epoch")
        # Made once: that takes longer than to seal with it.
        self.cipher = AESGCM(self.seal_key)
        self.fingerprint = _derive(secret, "fingerprint")
        self._look_up_key = _derive(secret, "look-up")
        self._hash_of_number = lru_cache(_REMEMBERED)(self._hash)

    def hash(self, value: str | int, kind: str) -> bytes:
        look_up = self._hash_of_number if isinstance(value, int) else self._hash
        return look_up(value, kind)

    def _hash(self, value: str | int, kind: str) -> bytes:
        return hmac.digest(self._look_up_key, f"{kind}:{value}".encode(), hashlib.sha256)


class Keyring:
    """The keys of some epochs. One of them seals, and from the oldest on they open and find."""

    def __init__(self, secrets_by_epoch: Mapping[int, bytes]) -> None:
        self._epochs = {number: _Epoch(secret) for number, secret in secrets_by_epoch.items()}
        self.current, self.oldest = max(self._epochs), min(self._epochs)

    def fingerprints(self) -> dict[int, bytes]:
        """By which a database knows its keys; they reveal nothing."""
        return {number: epoch.fingerprint for number, epoch in self._epochs.items()}

    @property
    def fingerprint(self) -> bytes:
        """Of the key that seals."""
        return self._epochs[self.current].fingerprint

    def since(self, oldest: int, fingerprint: bytes) -> "Keyring":
        """Those from that epoch to that key, which seals. Raises KeyMissing."""
        numbers = {each: number for number, each in self.fingerprints().items()}
        current = numbers.get(fingerprint)
        if current is None or oldest not in self._epochs:
            raise KeyMissing
        part = copy(self)
        part._epochs = {
            number: epoch for number, epoch in self._epochs.items() if oldest <= number <= current
        }
        part.current, part.oldest = current, oldest
        return part

    def seal(self, plain: str, context: str) -> bytes:
        sealed = _seal(
            self._epochs[self.current].cipher,
            plain.encode("utf-8", "surrogatepass"),
            context,
        )
        return self.current.to_bytes(_EPOCH) + sealed

    def open(self, sealed: bytes, context: str) -> str:
        """Raises SealError."""
        return _open(self._of(sealed).cipher, sealed[_EPOCH:], context).decode(
            "utf-8", "surrogatepass"
        )

    def look_up(self, value: str | int, kind: str) -> bytes:
        """The keyed hash under which a chat is kept."""
        return self._epochs[self.current].hash(value, kind)

    def look_ups(self, value: str | int, kind: str) -> list[bytes]:
        """All under which it may be found, the newest first; several while keys are rotated."""
        newest_first = sorted(self._epochs, reverse=True)
        return [self._epochs[number].hash(value, kind) for number in newest_first]

    def all_look_ups(self, values: Iterable[str | int], kind: str) -> dict[bytes, bytes]:
        """All under which any of them may be found, each with the newest of the same value."""
        found = [self.look_ups(value, kind) for value in values]
        return {each: hashes[0] for hashes in found for each in hashes}

    def file_key(self, salt: bytes, epoch: int | None = None) -> bytes:
        """The key of one file alone, from the key of an epoch (the newest). Raises SealError."""
        sealing = self._of_epoch(self.current if epoch is None else epoch).seal_key
        return HKDF(SHA256(), 32, salt=salt, info=b"wayhome file").derive(sealing)

    def new_data_key(self) -> tuple[DataKey, bytes]:
        """A person's new key, and its wrapped form to store."""
        key = DataKey(secrets.token_bytes(32))
        return key, self.wrap(key)

    def wrap(self, key: DataKey) -> bytes:
        wrapped = _seal(self._epochs[self.current].cipher, key.secret, "data key")
        return self.current.to_bytes(_EPOCH) + wrapped

    def unwrap(self, wrapped: bytes) -> DataKey:
        """Raises SealError."""
        return DataKey(_open(self._of(wrapped).cipher, wrapped[_EPOCH:], "data key"))

    def _of(self, sealed: bytes) -> _Epoch:
        return self._of_epoch(int.from_bytes(sealed[:_EPOCH]))

    def _of_epoch(self, number: int) -> _Epoch:
        try:
            return self._epochs[number]
        except KeyError:
            raise SealError(f"the key of epoch {number} is not here") from None
