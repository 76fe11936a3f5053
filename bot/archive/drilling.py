"""A PostgreSQL for a drill, thrown away afterwards."""

import os
import stat
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from bot.embedded.postgres import PASSWORDS, embedded_postgres, forget
from bot.embedded.programs import EmbeddedError, installation
from bot.errors import CannotOpen

_PREFIX: Final = "wayhome-drill-"


@asynccontextmanager
async def thrown_away() -> AsyncIterator[str]:
    """The address of its owner. Raises CannotOpen."""
    try:
        installation()
    except EmbeddedError:
        raise CannotOpen(
            "A drill brings a PostgreSQL of its own: run it where 'make venv' was run."
        ) from None
    for left in _left_by_killed_ones():
        _forget(left)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        async with embedded_postgres(folder) as postgres:
            yield postgres.owner_url
    finally:
        _forget(folder)


def _forget(folder: Path) -> None:
    """Unless it is in use, or another drill that begins just now is about to."""
    with suppress(EmbeddedError):
        forget(folder)


def _left_by_killed_ones() -> Iterator[Path]:
    """Ours alone: where everybody may write, a name may be another's, or lead to anything. In one
    that has no passwords yet another drill may be about to start its server.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError):
            there = folder.lstat()
            is_ours = stat.S_ISDIR(there.st_mode) and there.st_uid == os.geteuid()
            if is_ours and (folder / PASSWORDS).exists():
                yield folder
