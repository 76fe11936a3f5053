"""A PostgreSQL for a drill, thrown away afterwards."""

import os
import stat
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from bot.embedded.postgres import embedded_postgres, forget
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
        with suppress(EmbeddedError):
            forget(left)
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        async with embedded_postgres(Path(folder)) as postgres:
            yield postgres.owner_url


def _left_by_killed_ones() -> Iterator[Path]:
    """Ours alone: where everybody may write, a name may be another's, or lead to anything."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        there = folder.lstat()
        if stat.S_ISDIR(there.st_mode) and there.st_uid == os.geteuid():
            yield folder
