"""One connection for something long, with one sentence for what goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.opening import CannotOpen
from storage.sessions import AWAY


@asynccontextmanager
async def connecting(url: str, command: str) -> AsyncIterator[AsyncEngine]:
    """Raises CannotOpen for whatever goes wrong with the database; whoever has the wrong address
    is told which command has the right one.
    """
    engine = create_async_engine(url, hide_parameters=True, poolclass=NullPool)
    try:
        yield engine
    except AWAY as error:
        raise CannotOpen(_sentence(error, command)) from None
    finally:
        await engine.dispose()


def _sentence(error: BaseException, command: str) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or "08000"
    # Classes of errors: connection, resources, and what the operator of the server does to it.
    if state[:2] in ("08", "53", "57"):
        return "The database can't be reached."
    if state == "42501":
        return f"The database refused: this needs the address that '{command}' has."
    return f"The database refused ({type(cause).__name__})."


async def is_empty(connection: AsyncConnection) -> bool:
    """Whether there is no table at all, of ours or of others."""
    return not await connection.run_sync(lambda sync: inspect(sync).get_table_names())
