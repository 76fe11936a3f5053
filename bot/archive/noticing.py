"""When the newest backup was taken, so that somebody notices when none comes any more."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.sessions import Session
from storage.tables.service import Fact, KeyEpoch

_TAKEN = "backup.taken"


async def note_backup(connection: AsyncConnection, taken_at: datetime) -> None:
    note = insert(Fact).values(name=_TAKEN, value={}, changed_at=taken_at)
    await connection.execute(
        note.on_conflict_do_update(index_elements=["name"], set_={"changed_at": taken_at})
    )


async def unsaved_since(session: Session) -> datetime:
    """Since when everything would be lost with the database: the newest backup, or the beginning.

    On the database's clock.
    """
    fact = await session.get(Fact, _TAKEN)
    began = await session.scalar(select(func.min(KeyEpoch.created_at)))
    return fact.changed_at if fact else began or session.database_now
