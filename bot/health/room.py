"""Whether the database's disk takes more.

On a full one much goes on as if all were well, since what is there is read and changed in its
place; but what people write needs new room.
"""

from sqlalchemy import text

from storage.sessions import Session

# Two megabytes that are sorted in less memory go to the disk, and are gone from it at once.
_LITTLE_MEMORY = text("SET LOCAL work_mem = '64kB'")
_MUCH = text(
    "SELECT count(DISTINCT repeat(number::text, 300)) FROM generate_series(1, 2000) AS number"
)


async def ensure_room(session: Session) -> None:
    """Raises an error that `is_full` knows, and then the transaction is over, too."""
    await session.execute(_LITTLE_MEMORY)
    await session.execute(_MUCH)
