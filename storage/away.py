"""What it means when the database refuses: it is away, or somebody was in the way, or it is we who
asked for something wrong.
"""

from typing import Final

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.keys.keyring import KeyMissing
from storage.sqlstates import sqlstate_of

#: What using the database raises when it is away, starting, has no connection left for us, or is
#: written with a key that this process has yet to get.
AWAY: Final = (
    DBAPIError,
    NoConnectionLeft,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # A goodbye has been read, and the connection is not closed yet.
    asyncpg.InternalClientError,
    OSError,
    KeyMissing,
)
#: The SQLSTATE of a server that only reads, as whoever has led until a fail-over.
ONLY_READS: Final = "25006"
# SQLSTATE classes of a server that can't serve just now: no connection, no resources, somebody
# else's lock, an operator's or a failing system's word, a deadlock, a server that only reads, and
# a transaction that was ended because it idled.
_NOT_JUST_NOW = ("08", "53", "55", "57", "58", "40", ONLY_READS, "25P03")


def is_away(error: BaseException) -> bool:
    """Whether one of AWAY says that the database is not there, rather than that it refuses this."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, AWAY)
    if error.connection_invalidated:
        return True
    # As SQLAlchemy says it, which gives none where a statement is only to be planned anew.
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # The driver's own: about a value that it can't send, or about its connection.
        return not isinstance(getattr(error.orig, "__cause__", None), ValueError)
    return str(state).startswith(_NOT_JUST_NOW)


# A deadlock, and a transaction that another one overtook.
_IN_THE_WAY = ("40P01", "40001")


def stood_in_the_way(error: DBAPIError) -> bool:
    """Whether the transaction was taken back for another's sake, and does well when it is tried
    again.
    """
    return sqlstate_of(error) in _IN_THE_WAY


_ANYTHING = text("SELECT")
_IN_FAILED_TRANSACTION = "25P02"


async def answers(connection: AsyncConnection) -> bool:
    """Whether somebody is there at its other end, though a statement failed."""
    try:
        await connection.execute(_ANYTHING)
    except DBAPIError as error:
        return sqlstate_of(error) == _IN_FAILED_TRANSACTION
    except (*AWAY, PendingRollbackError):
        return False
    return True
