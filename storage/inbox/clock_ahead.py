"""How far the database's clock is ahead of Telegram's, which says when somebody wrote.

Else whatever is sent just now would seem old, and its answer come late (P1).
"""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from storage.sessions import Session
from storage.tables.service import Fact

_FACT = "clock-ahead"
_ROW = insert(Fact)
_KEEP = _ROW.on_conflict_do_update(
    index_elements=["name"],
    set_={"value": _ROW.excluded.value, "changed_at": _ROW.excluded.changed_at},
)


async def note_ahead(session: Session, by: timedelta) -> None:
    value = {"seconds": int(by.total_seconds())}
    fact = {"name": _FACT, "value": value, "changed_at": session.database_now}
    await session.execute(_KEEP, fact)
    session.info.pop(_FACT, None)


async def note_right(session: Session) -> None:
    await session.execute(delete(Fact).where(Fact.name == _FACT))
    session.info.pop(_FACT, None)


async def ahead_by(session: Session) -> timedelta:
    """As it was seen last; nothing, where it was right.

    Asked once in a transaction: after an outage all that come together seem late.
    """
    if _FACT not in session.info:
        session.info[_FACT] = await session.scalar(select(Fact.value).where(Fact.name == _FACT))
    value = session.info[_FACT]
    return timedelta(seconds=value["seconds"]) if value else timedelta()
