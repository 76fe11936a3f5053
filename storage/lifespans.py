"""How long a connection lives."""

import secrets
import time
from typing import Final

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

_ENDS: Final = "ends"
_SHORTEST = 5 * 60
_LONGEST = 15 * 60


def end_in_turn(engine: Engine, shortest: int = _SHORTEST, longest: int = _LONGEST) -> None:
    """Each connection is made anew after so many seconds, when it is free.

    PostgreSQL's process behind it keeps what it learned of tables and statements, and learns more
    for hours. They live for different times, so that they don't all learn anew at once.
    """

    def begin(_: DBAPIConnection, connection: ConnectionPoolEntry) -> None:
        lives = shortest + secrets.randbelow(longest - shortest + 1)
        connection.info[_ENDS] = time.monotonic() + lives

    def end(_: DBAPIConnection | None, connection: ConnectionPoolEntry) -> None:
        # One that broke knows nothing any more.
        if time.monotonic() >= connection.info.get(_ENDS, float("inf")):
            connection.invalidate(soft=True)

    event.listen(engine, "connect", begin)
    event.listen(engine, "checkin", end)
