"""The safe window: when a person may be written to, as they chose it."""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.calendar import instant
from domain.errors import Refused
from domain.illegible import if_legible
from domain.returnees.keys import data_key
from domain.returnees.phone import HOURS_LAST
from domain.safety.rejudging import look_anew
from storage.keys.keyring import DataKey, SealError
from storage.sessions import Session
from storage.tables.returnees import Safety


@dataclass(frozen=True, slots=True)
class Window:
    """Days (Monday is 0) and hours, on the person's own clock, at which they may be written to.

    A window whose end is not after its start reaches into the next day.
    """

    days: frozenset[int] = frozenset(range(7))
    opens: time = time(9)
    closes: time = time(20)

    def holds(self, local: datetime) -> bool:
        if self.opens < self.closes:
            return local.weekday() in self.days and self.opens <= local.time() < self.closes
        if local.time() >= self.opens:
            return local.weekday() in self.days
        return local.time() < self.closes and (local.weekday() - 1) % 7 in self.days

    def next_opening(self, now: datetime, place: ZoneInfo) -> datetime:
        """The first instant from now on that lies inside; `now` itself if it does.

        A start that a clock change leaps over is the change. In an hour that the clocks go through
        twice the window starts once, with the first.
        """
        if self.holds(now.astimezone(place)):
            return now
        today = now.astimezone(place).date()
        # A week has every day; a clock change can swallow one of them.
        for ahead in range(16):
            opening = instant(datetime.combine(today + timedelta(days=ahead), self.opens), place)
            if opening >= now and self.holds(opening.astimezone(place)):
                return opening
        raise Refused("A safe window needs at least one day.")


#: Of somebody who has chosen none.
USUAL = Window()
#: Of somebody whose own no key opens any more: nobody knows a good hour.
UNKNOWN = Window(days=frozenset())


async def window_of(session: Session, returnee_id: UUID, safety: Safety) -> Window:
    """The person's own window, or the default one; UNKNOWN where no key opens it."""
    if safety.window is None:
        return USUAL
    key = await if_legible(data_key(session, returnee_id))
    return opened(key, safety.window) if key else UNKNOWN


def opened(key: DataKey, sealed: bytes) -> Window:
    """As it is kept of somebody; UNKNOWN where no key opens it."""
    try:
        kept = json.loads(key.open(sealed, "safe window"))
    except SealError:
        return UNKNOWN
    return Window(
        frozenset(kept["days"]),
        time.fromisoformat(kept["opens"]),
        time.fromisoformat(kept["closes"]),
    )


async def choose_window(session: Session, returnee_id: UUID, window: Window) -> None:
    """Raises Refused for a window without a day."""
    if not window.days:
        raise Refused("A safe window needs at least one day.")
    key = await data_key(session, returnee_id)
    safety = await session.get_one(Safety, returnee_id)
    kept = {
        "days": sorted(window.days),
        "opens": window.opens.isoformat(),
        "closes": window.closes.isoformat(),
    }
    safety.window = key.seal(json.dumps(kept), "safe window")
    safety.ask_hours_at = session.now + HOURS_LAST
    await look_anew(session, returnee_id)
