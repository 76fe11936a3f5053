"""How Wayhome knows that somebody outside watches it: every look of a guard says what it is."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from storage.sessions import Session
from storage.tables.service import Fact

#: The User-Agent of a guard.
GUARD = "wayhome-guard"

_LOOKED = "guard.looked"
_OFTEN_ENOUGH = timedelta(minutes=1)


async def note_look(session: Session) -> None:
    """Writes down that a guard looked, once a minute at most."""
    now = session.database_now
    note = insert(Fact).values(name=_LOOKED, value={}, changed_at=now)
    await session.execute(
        note.on_conflict_do_update(
            index_elements=["name"],
            set_={"changed_at": now},
            where=Fact.changed_at < now - _OFTEN_ENOUGH,
        )
    )


async def last_look(session: Session) -> datetime | None:
    """On the database's clock; None when no guard ever looked."""
    fact = await session.get(Fact, _LOOKED)
    return fact.changed_at if fact else None
