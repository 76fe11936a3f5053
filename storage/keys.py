"""Keys, and what is sealed with them.

The key file holds one random secret per epoch. From it come, by HKDF, the epoch key (seals what
the service itself must read, and wraps each person's data key) and the look-up key (a keyed hash
that finds a chat without keeping its id). Everything is AES-256-GCM, bound to a context, so that
a sealed value moved to another row or column does not open.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_EPOCH = 2


class KeyFileError(Exception):
    """The key file is missing, unreadable or not one of ours."""


class SealError(Exception):
    """A sealed value was changed, moved, or sealed with a key that is not here."""


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"wayhome {purpose}".encode()).derive(secret)


def _seal(key: bytes, plain: bytes, context: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def _open(key: bytes, sealed: bytes, context: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError(f"sealed {context} does not open") from error


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """One person's own key."""

    secret: bytes

    def seal(self, words: str, context: str) -> bytes:
        return _seal(self.secret, words.encode("utf-8", "surrogatepass"), context)

    def open(self, sealed: bytes, context: str) -> str:
        """Raises SealError."""
        return _open(self.secret, sealed, context).decode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True, repr=False)
class _Epoch:
    seal_key: bytes
    look_up_key: bytes
    fingerprint: bytes


class Keyring:
    """The keys of every epoch that can still be read; the newest seals."""

    def __init__(self, secrets_by_epoch: Mapping[int, bytes]) -> None:
        self._epochs = {
            number: _Epoch(
                _derive(secret, "epoch"), _derive(secret, "look-up"), _derive(secret, "fingerprint")
            )
            for number, secret in secrets_by_epoch.items()
        }
        self.current = max(self._epochs)

    def fingerprints(self) -> dict[int, bytes]:
        """By which a database knows its keys; they reveal nothing."""
        return {number: epoch.fingerprint for number, epoch in self._epochs.items()}

    def seal(self, plain: str, context: str) -> bytes:
        sealed = _seal(
            self._epochs[self.current].seal_key,
            plain.encode("utf-8", "surrogatepass"),
            context,
        )
        return self.current.to_bytes(_EPOCH) + sealed

    def open(self, sealed: bytes, context: str) -> str:
        """Raises SealError."""
        return _open(self._of(sealed).seal_key, sealed[_EPOCH:], context).decode(
            "utf-8", "surrogatepass"
        )

    def look_up(self, value: str | int, kind: str) -> bytes:
        """The keyed hash under which a chat or a code is found."""
        key = self._epochs[self.current].look_up_key
        return hmac.digest(key, f"{kind}:{value}".encode(), hashlib.sha256)

    def file_key(self, salt: bytes, epoch: int | None = None) -> bytes:
        """The key of one file alone, from the key of an epoch (the newest). Raises SealError."""
        sealing = self._of_epoch(self.current if epoch is None else epoch).seal_key
        return HKDF(SHA256(), 32, salt=salt, info=b"wayhome file").derive(sealing)

    def new_data_key(self) -> tuple[DataKey, bytes]:
        """A person's new key, and its wrapped form to store."""
        secret = secrets.token_bytes(32)
        wrapped = _seal(self._epochs[self.current].seal_key, secret, "data key")
        return DataKey(secret), self.current.to_bytes(_EPOCH) + wrapped

    def unwrap(self, wrapped: bytes) -> DataKey:
        """Raises SealError."""
        return DataKey(_open(self._of(wrapped).seal_key, wrapped[_EPOCH:], "data key"))

    def _of(self, sealed: bytes) -> _Epoch:
        return self._of_epoch(int.from_bytes(sealed[:_EPOCH]))

    def _of_epoch(self, number: int) -> _Epoch:
        try:
            return self._epochs[number]
        except KeyError:
            raise SealError(f"the key of epoch {number} is not here") from None


def make_key_file(path: Path) -> None:
    """Writes a first key, readable by its owner only, whole or not at all. Never overwrites."""
    text = json.dumps({"epochs": {"1": b64encode(secrets.token_bytes(32)).decode()}})
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(half, path)
    finally:
        half.unlink()


def read_key_file(path: Path) -> Keyring:
    """Raises KeyFileError with one sentence that names the file."""
    try:
        epochs = json.loads(path.read_text())["epochs"]
        return Keyring({int(number): b64decode(secret) for number, secret in epochs.items()})
    except FileNotFoundError:
        raise KeyFileError(f"the key file {path} is not there") from None
    except OSError as error:
        raise KeyFileError(f"the key file {path} can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyFileError(f"{path} is not a key file of Wayhome") from None
