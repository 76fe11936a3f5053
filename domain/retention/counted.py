"""What only figures need goes once all of these are counted long since."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storage.batches import at_most, delete_chosen
from storage.sessions import Session
from storage.tables.duty import Drill, Shift, TimeOff, WeeklyShift
from storage.tables.organisations import Organisation
from storage.tables.waits import PastWait

_MOST = 1000
#: The months that are shown lie within a year, and every other year has its sheet.
_NEEDED = timedelta(days=730)
_ENDED: tuple[tuple[Any, Any], ...] = (
    (Shift, Shift.ends_at),
    (WeeklyShift, WeeklyShift.ended_at),
    (TimeOff, TimeOff.last_day),
    (Drill, Drill.started_at),
    (PastWait, PastWait.day),
)


async def forget_counted(session: Session, organisation: Organisation) -> int:
    """The tick's step: of the rota, of drills, and of waits whose case is gone; how many rows."""
    taken = 0
    for table, ended in _ENDED:
        old = (
            select(table.id)
            .where(table.organisation_id == organisation.id, ended < session.now - _NEEDED)
            .limit(at_most(_MOST))
            .with_for_update(skip_locked=True)
        )
        taken += await delete_chosen(session, table.id, old)
    return taken
