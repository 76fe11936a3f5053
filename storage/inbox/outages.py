"""When nobody was here, or the database away: what was pressed meanwhile bears no date of its own.

A tick writes down the newest time every two seconds, and where it finds a gap, since when. Whoever
asks Telegram writes down when nothing waited there, for whoever asks next: while only the way there
is cut no tick finds anything, and just then somebody starts us anew. Where Telegram brings what
comes, whoever looks whether it still can writes it down.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage.sessions import Session
from storage.tables.base import table_of
from storage.tables.service import Fact

#: The fact that the tick keeps.
NEWEST_TIME = "newest-time"
_EMPTIED = "telegram-emptied"
_AWAY = "away"
_FACT = insert(table_of(Fact)).values(name=_EMPTIED, value={}, changed_at=bindparam("changed_at"))
_NOTE_EMPTIED = _FACT.on_conflict_do_update(
    index_elements=["name"], set_={"changed_at": _FACT.excluded.changed_at}
)
# Whatever is shorter makes nothing late.
_SHORT = timedelta(minutes=1)
# Telegram tries a webhook again after so long.
_STRAGGLERS = timedelta(minutes=2)


def outage(before: datetime, now: datetime) -> dict[str, Any]:
    """What the fact says from now on of the time since the last tick, if that was a while ago."""
    if now - before <= _SHORT:
        return {}
    return {_AWAY: {"since": before.isoformat(), "until": now.isoformat()}}


def not_ahead(value: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What the fact still says of an outage where the clock went back since."""
    away = value.get(_AWAY)
    if away is None:
        return {}
    known = {name: datetime.fromisoformat(each) for name, each in away.items()}
    return {_AWAY: {name: min(each, now).isoformat() for name, each in known.items()}}


async def away_since(session: Session) -> datetime | None:
    """Since when what comes now may have waited at Telegram; None where it comes at once."""
    found = select(Fact.changed_at, Fact.value).where(Fact.name == NEWEST_TIME)
    fact, now = (await session.execute(found)).one_or_none(), session.database_now
    if fact is None:
        return None
    # Right after the start the tick may not have looked yet.
    away = outage(fact.changed_at, now).get(_AWAY) or fact.value.get(_AWAY)
    if away is None or datetime.fromisoformat(away["until"]) + _STRAGGLERS < now:
        return None
    return datetime.fromisoformat(away["since"])


async def note_emptied(session: Session) -> None:
    """Nothing waits at Telegram now, but for what is taken in together with this."""
    await session.execute(_NOTE_EMPTIED, {"changed_at": session.database_now})


async def emptied_ago(session: Session) -> timedelta | None:
    """How long ago that was; None where nobody knows, or it is too short to make anything late."""
    emptied_at = await session.scalar(select(Fact.changed_at).where(Fact.name == _EMPTIED))
    if emptied_at is None or session.database_now - emptied_at <= _SHORT:
        return None
    return session.database_now - emptied_at
