"""Days on which an organisation declares nobody to be there, and on which no deadline ends."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from storage.sessions import Session
from storage.tables.duty import TimeOff


async def holidays_from(session: Session, organisation_id: UUID, day: date) -> Sequence[TimeOff]:
    """Those that are not over by that day."""
    found = await session.scalars(
        select(TimeOff).where(
            TimeOff.organisation_id == organisation_id,
            TimeOff.staff_id.is_(None),
            TimeOff.last_day >= day,
        )
    )
    return found.all()


async def holidays_of_all(session: Session, day: date) -> Mapping[UUID, Sequence[TimeOff]]:
    """Each organisation's, as `holidays_from`. Needs the service's scope."""
    found = defaultdict[UUID, list[TimeOff]](list)
    for each in await session.scalars(
        select(TimeOff).where(TimeOff.staff_id.is_(None), TimeOff.last_day >= day)
    ):
        found[each.organisation_id].append(each)
    return found


def is_holiday(day: date, off: Sequence[TimeOff]) -> bool:
    return any(each.staff_id is None and each.first_day <= day <= each.last_day for each in off)
