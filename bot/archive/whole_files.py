"""Files that are whole or not there."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bot.opening import CannotOpen


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """For its owner's eyes only; it gets its name, in place of an earlier file, once the block has
    ended and it is on the disk. Whatever happens before leaves the earlier one, or none.

    Raises CannotOpen when it can't be written. No other OSError should come out of the block.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _keep_name(path.parent)
    except OSError as error:
        raise CannotOpen(f"{path} can't be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)


def _keep_name(folder: Path) -> None:
    """A power cut takes no name back that is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
