"""A command that is killed where it stands."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import Settings

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
