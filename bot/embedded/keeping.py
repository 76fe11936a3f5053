"""A PostgreSQL that is killed while we use it, as on a machine that runs out of memory."""

import asyncio

import structlog

from bot.embedded.postgres import EmbeddedPostgres
from bot.embedded.programs import EmbeddedError
from bot.errors import code_of
from bot.stopping import Stopping

log = structlog.get_logger()

_LOOK_AGAIN = 5.0


async def keep_running(postgres: EmbeddedPostgres, stopping: Stopping) -> None:
    """Starts it again whenever it is gone: nobody else would, as long as this process holds it."""
    while not stopping.is_set():
        try:
            if await asyncio.to_thread(postgres.start_again):
                log.warning("PostgreSQL was gone and runs again", action="postgres.again")
        except EmbeddedError as error:
            log.error("PostgreSQL does not start", action="postgres.gone", error=code_of(error))
        await stopping.pause(_LOOK_AGAIN)
