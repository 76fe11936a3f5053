"""One connection for something long, with one sentence for what goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.database.refusals import sentence_of
from bot.errors import CannotOpen
from storage.away import AWAY
from storage.connections import connect

# For what somebody else holds. What is done takes as long as it takes: under the name of the rest,
# which must be quick, replicas would take it for one that stands still (replica/standstill.py).
_PATIENT = {
    "application_name": "wayhome archive",
    "lock_timeout": "60s",
    # Whatever whoever runs the server allows others: a long table takes as long as it takes.
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}


@asynccontextmanager
async def connecting(url: str, command: str) -> AsyncIterator[AsyncEngine]:
    """Raises CannotOpen for whatever goes wrong with the database; whoever has the wrong address
    is told which command has the right one.
    """
    engine = create_async_engine(
        url,
        hide_parameters=True,
        poolclass=NullPool,
        connect_args={"async_creator_fn": connect, "server_settings": _PATIENT},
    )
    try:
        yield engine
    except AWAY as error:
        raise CannotOpen(sentence_of(error, command)) from None
    finally:
        await engine.dispose()


async def is_empty(connection: AsyncConnection) -> bool:
    """Whether there is no table at all, of ours or of others."""
    return not await connection.run_sync(lambda sync: inspect(sync).get_table_names())
