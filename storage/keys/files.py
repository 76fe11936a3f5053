"""The file with the keys: one random secret per epoch."""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from storage.keys.keyring import Keyring
from storage.whole_files import drafts_of, whole_file

_SECRET = 32
# The number stands in two bytes before whatever is sealed.
_NUMBERS = range(1, 1 << 16)


class KeyFileError(Exception):
    """The key file is missing, unreadable, not one of ours, or can't be written."""


def make_key_file(path: Path) -> None:
    """Writes a first key. Never overwrites: raises FileExistsError. Raises KeyFileError."""
    _write({1: secrets.token_bytes(_SECRET)}, path, new=True)


def read_key_file(path: Path) -> Keyring:
    """Raises KeyFileError with one sentence that names the file."""
    return Keyring(_read(path))


def add_key(path: Path, number: int, into: Path | None = None) -> None:
    """Adds a new key under that number: in the file, or in another one that is written from it. One
    that an earlier call wrote stays as it is: some may have it already.

    Raises KeyFileError, also where that other file holds anything but keys of this one.
    """
    held = _read(path)
    if into is not None:
        if _adds(into, number, held):
            return
        _ensure_no_other_key(into, held)
    _write({**held, number: secrets.token_bytes(_SECRET)}, into or path, like=path)


def keep_keys_since(path: Path, oldest: int, into: Path | None = None) -> None:
    """Leaves out the keys of earlier epochs: in the file, or in another one that is written from
    it; and takes away the drafts in which a write that was killed left them. Raises KeyFileError as
    `add_key` does, and where none would be left: somebody brought an older file back.
    """
    held = _read(path)
    if into is not None:
        _ensure_no_other_key(into, held)
    kept = {number: secret for number, secret in held.items() if number >= oldest}
    if oldest not in kept:
        raise KeyFileError(f"the key file {path} lacks the newest key and was left as it is")
    place = into or path
    _write(kept, place, like=path)
    for draft in drafts_of(place):
        # Or `wayhome doctor` goes on naming it.
        with suppress(OSError):
            draft.unlink()


def _adds(path: Path, number: int, held: Mapping[int, bytes]) -> bool:
    """Whether that file holds these keys, and beside them one under that number."""
    try:
        found = _read(path)
    except KeyFileError:
        return False
    return found.keys() == {*held, number} and held.items() <= found.items()


def _ensure_no_other_key(place: Path, held: Mapping[int, bytes]) -> None:
    """It may be the only one that there is of another installation. Raises KeyFileError."""
    try:
        is_free = not place.exists() or not place.stat().st_size
    except OSError as error:
        raise KeyFileError(f"the key file {place} can't be written: {error.strerror}") from None
    if not is_free and not _read(place).items() <= held.items():
        raise KeyFileError(f"the file {place} holds another key")


def _read(path: Path) -> dict[int, bytes]:
    try:
        epochs = json.loads(path.read_bytes())["epochs"]
        found = {int(number): b64decode(secret, validate=True) for number, secret in epochs.items()}
    except FileNotFoundError:
        raise KeyFileError(f"the key file {path} is not there") from None
    except OSError as error:
        raise KeyFileError(f"the key file {path} can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise KeyFileError(f"the file {path} is not a key file of Wayhome") from None
    # Half a secret would be a key, too, and one that can be guessed.
    if not found or any(len(secret) != _SECRET for secret in found.values()):
        raise KeyFileError(f"the file {path} is not a key file of Wayhome")
    if not all(number in _NUMBERS for number in found):
        raise KeyFileError(f"the file {path} is not a key file of Wayhome")
    return found


def _write(
    keys: Mapping[int, bytes], place: Path, *, new: bool = False, like: Path | None = None
) -> None:
    try:
        with whole_file(place, new=new, like=like) as file:
            file.write(_text(keys))
    except FileExistsError:
        raise
    except OSError as error:
        raise KeyFileError(f"the key file {place} can't be written: {error.strerror}") from None


def _text(keys: Mapping[int, bytes]) -> bytes:
    epochs = {str(number): b64encode(secret).decode() for number, secret in keys.items()}
    return json.dumps({"epochs": epochs}).encode()
