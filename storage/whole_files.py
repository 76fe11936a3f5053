"""Files that are whole or not there."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import BinaryIO

_OWNER_ONLY, _WHOEVER_MAY = 0o600, 0o666
# In the name of a draft.
_RANDOM_BYTES = 4


@contextmanager
def whole_file(
    path: Path, *, new: bool = False, public: bool = False, like: Path | None = None
) -> Iterator[BinaryIO]:
    """It gets its name, in place of an earlier file, once the block has ended and it is on the
    disk. Whatever happens before leaves the earlier one, or none.

    For its owner's eyes only, unless it is `public`. A `new` one takes no other's place:
    FileExistsError. `like` names a file whose owner is to read this one too, though it is root who
    writes. Raises OSError.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(_RANDOM_BYTES)}")
    mode = _WHOEVER_MAY if public else _OWNER_ONLY
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if like is not None:
                _resemble(descriptor, like)
            yield file
            put_on_disk(file)
        if new:
            os.link(draft, path)
        else:
            draft.replace(path)
        _keep_name(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def drafts_of(path: Path) -> list[Path]:
    """What was killed as it wrote this file left them beside it."""
    digits = "[0-9a-f]" * (2 * _RANDOM_BYTES)
    return sorted(path.parent.glob(f".{escape(path.name)}.{digits}"))


def put_on_disk(file: BinaryIO) -> None:
    """What was written so far: a disk that is full says so now."""
    file.flush()
    os.fsync(file.fileno())


def _resemble(descriptor: int, like: Path) -> None:
    other = like.stat()
    os.fchmod(descriptor, stat.S_IMODE(other.st_mode) & _OWNER_ONLY)
    if os.geteuid() == 0:
        os.fchown(descriptor, other.st_uid, other.st_gid)


def _keep_name(folder: Path) -> None:
    """A power cut takes no name back that is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
