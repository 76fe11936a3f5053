"""Whoever is killed in the middle leaves no half backup and no half database."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.archive.restoring import restore
from bot.archive.taking import take_backup
from bot.opening import CannotOpen, opened
from bot.settings import Settings
from tests.bot.archive.test_drill import fingerprints
from tests.bot.archive.world import World, at
from tests.postgres import DatabaseUrls

pytestmark = pytest.mark.timeout(180)

# The command, stopped for good at a place in its middle, which it tells.
STUCK = """
import time, {module}
def stuck(*_, **__):
    print("here", flush=True)
    time.sleep(600)
{module}.{name} = stuck
from bot.commands.main import main
main()
"""


@asynccontextmanager
async def stuck_in(module: str, name: str, settings: Settings, *words: str) -> AsyncIterator[None]:
    """The command while it is stuck there; it is killed when the block ends."""
    assert settings.database_url is not None
    code = STUCK.format(module=module, name=name)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, *words),
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "WAYHOME_DATABASE_URL": settings.database_url.get_secret_value(),
            "WAYHOME_DATA_DIR": str(settings.data_dir),
        },
        cwd=settings.data_dir,
        stdout=PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"here\n"
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        # The pipe's end is the process's.
        await process.communicate()


@pytest.mark.parametrize("name", ["SealedWriter.finish", "os.fsync"])
async def test_a_backup_that_is_killed_leaves_the_earlier_one_or_none(
    world: World, settings: Settings, tmp_path: Path, name: str
) -> None:
    module = "bot.archive.taking" if name.startswith("Sealed") else "storage.whole_files"
    for earlier in (None, b"wayhome sealed, the earlier one"):
        file = tmp_path / "backup"
        if earlier is not None:
            file.write_bytes(earlier)
        async with stuck_in(module, name, settings, "backup", str(file)):
            pass

        assert (file.read_bytes() if file.exists() else None) == earlier


@pytest.mark.parametrize("name", ["load", "open_all", "recover"])
async def test_a_restore_that_is_killed_leaves_an_empty_database_and_the_next_one_ends_well(
    world: World,
    settings: Settings,
    elsewhere: Settings,
    empty_database: DatabaseUrls,
    tmp_path: Path,
    name: str,
) -> None:
    backup = await take_backup(settings, tmp_path / "backup")
    async with stuck_in("bot.archive.restoring", name, elsewhere, "restore", str(backup.file)):
        assert await fingerprints(empty_database.owner_url) == {}

    with pytest.raises(CannotOpen, match="no tables yet"):
        async with opened(elsewhere, at(empty_database)):
            pass
    restored = await restore(elsewhere, backup.file)
    assert restored.rows == backup.rows
    async with opened(elsewhere, at(empty_database)):
        pass
