"""Files that only the holder of the key can read, or change unnoticed.

STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015), as age and Tink use it: chunks under
AES-256-GCM, with a key of that file alone. A chunk's nonce is its number and whether it is the
last, so none can be changed, moved, repeated or left out, and no end cut off.

    "wayhome sealed" version(1) epoch(2) salt(32)   then chunks of 64 KiB, each with its tag(16)

Inside are records of any length, each after its length(4).
"""

import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.keys.keyring import Keyring, SealError

_MAGIC = b"wayhome sealed"
_VERSION = 1
_EPOCH = 2
_SALT = 32
_HEADER = len(_MAGIC) + 1 + _EPOCH + _SALT
_CHUNK = 64 * 1024
_TAG = 16
_LENGTH = 4


class SealedFileError(Exception):
    """One sentence: why a file is not to be trusted, or not to be opened."""


def begins_sealed(file: BinaryIO) -> bool:
    """Whether it is one of ours, whoever has its key."""
    return file.read(len(_MAGIC)) == _MAGIC


class _Chunks:
    """Seals or opens the chunks of one file, one after the other."""

    def __init__(self, key: bytes, header: bytes) -> None:
        self._cipher = AESGCM(key)
        self._header = header
        self.done = 0

    def seal(self, plain: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(last), plain, self._header)

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        """Raises InvalidTag."""
        return self._cipher.decrypt(self._nonce(last), sealed, self._header)

    def _nonce(self, last: bool) -> bytes:
        number = self.done
        self.done += 1
        return number.to_bytes(11) + bytes([last])


class SealedWriter:
    """Writes records into a file, which is worth nothing before `finish`."""

    def __init__(self, file: BinaryIO, keys: Keyring) -> None:
        salt = os.urandom(_SALT)
        header = _MAGIC + bytes([_VERSION]) + keys.current.to_bytes(_EPOCH) + salt
        self._file = file
        self._chunks = _Chunks(keys.file_key(salt), header)
        self._unsealed = bytearray()
        file.write(header)

    def write(self, record: bytes) -> None:
        self._unsealed += len(record).to_bytes(_LENGTH) + record
        # A full chunk may be the last one: it waits for what comes after it.
        while len(self._unsealed) > _CHUNK:
            self._file.write(self._chunks.seal(bytes(self._unsealed[:_CHUNK]), last=False))
            del self._unsealed[:_CHUNK]

    def finish(self) -> None:
        self._file.write(self._chunks.seal(bytes(self._unsealed), last=True))


class SealedReader:
    """Reads records out of a file, each proven to be what was written. Raises SealedFileError."""

    def __init__(self, file: BinaryIO, keys: Keyring) -> None:
        header = file.read(_HEADER)
        if len(header) < _HEADER or not header.startswith(_MAGIC):
            raise SealedFileError("This file is no backup of Wayhome.")
        version, rest = header[len(_MAGIC)], header[len(_MAGIC) + 1 :]
        if version != _VERSION:
            raise SealedFileError("This backup was made by a newer Wayhome, or was changed.")
        self.epoch = int.from_bytes(rest[:_EPOCH])
        try:
            key = keys.file_key(rest[_EPOCH:], self.epoch)
        except SealError:
            raise SealedFileError(
                f"This backup is sealed with the key of epoch {self.epoch},"
                " which the key file does not hold."
            ) from None
        self._file = file
        self._chunks = _Chunks(key, header)
        self._next = file.read(_CHUNK + _TAG)
        self._opened = bytearray()

    def read(self) -> bytes:
        """The next record."""
        return self._take(int.from_bytes(self._take(_LENGTH)))

    def finish(self) -> None:
        """There must be nothing left."""
        if self._opened or (self._next and self._open_chunk()):
            raise SealedFileError("This backup goes on where it should end.")

    def _take(self, size: int) -> bytes:
        while len(self._opened) < size:
            self._opened += self._open_chunk()
        taken = bytes(self._opened[:size])
        del self._opened[:size]
        return taken

    def _open_chunk(self) -> bytes:
        sealed, self._next = self._next, self._file.read(_CHUNK + _TAG)
        try:
            return self._chunks.open(sealed, last=not self._next)
        except (InvalidTag, ValueError):
            raise SealedFileError(
                "This backup was changed or cut off."
                if self._chunks.done > 1
                else "This backup was sealed with another key, or was changed or cut off."
            ) from None
