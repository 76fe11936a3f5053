"""Whether the database's disk takes more.

On a full one much goes on as if all were well, since what is there is read and changed in its
place; but what people write needs new room.
"""

from sqlalchemy import text

from bot.database.refusals import is_full
from storage.away import AWAY
from storage.sessions import SERVICE, Database, Session

# Two megabytes that are sorted in less memory go to the disk, and are gone from it at once.
_LITTLE_MEMORY = text("SET LOCAL work_mem = '64kB'")
_MUCH = text(
    "SELECT count(DISTINCT repeat(number::text, 300)) FROM generate_series(1, 2000) AS number"
)


async def ensure_room(session: Session) -> None:
    """Raises an error that `is_full` knows, and then the transaction is over, too."""
    await session.execute(_LITTLE_MEMORY)
    await session.execute(_MUCH)


async def has_room(database: Database) -> bool:
    """Raises one of AWAY where it does not answer."""
    try:
        async with database.begin(SERVICE) as session:
            await ensure_room(session)
    except AWAY as error:
        if not is_full(error):
            raise
        return False
    return True
