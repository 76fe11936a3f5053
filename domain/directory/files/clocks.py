"""Hours that are written with how far their clocks are from UTC, told by the place's own clocks."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.countries import zone_of
from domain.directory.files.cells import time_of

# Hours that hold without end do so in winter and in summer, of any year whose clocks go as by the
# rules of today.
_WINTER, _SUMMER = date(2036, 1, 1), date(2036, 7, 1)
_SOME_DAY = date(2036, 1, 2)
# Nowhere do clocks go forth and back within less; after a year they have done all that they do.
_STEP, _YEAR = timedelta(days=14), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Of a country, while hours hold, as far as it is said from when and until when they do."""

    country: str
    begin: date | None
    end: date | None

    def opening(self, text: str) -> time:
        told = self._told(time_of(text))
        if told.date() != _SOME_DAY:
            raise ValueError("is on another day there: write it by the clocks of the place")
        return told.time()

    def closing(self, text: str) -> time:
        return self._told(time_of(text)).time()

    def _told(self, written: time) -> datetime:
        """What is written by one of the place's own clocks, such as that of summer, stays."""
        unmoved = datetime.combine(_SOME_DAY, written.replace(tzinfo=None))
        ahead = written.utcoffset()
        if ahead is None or ahead in (own := self._ahead()):
            return unmoved
        if len(own) != 1:
            raise ValueError("may mean several hours there: write it by the clocks of the place")
        return unmoved - ahead + own.pop()

    def _ahead(self) -> set[timedelta]:
        """By how much its clocks are ahead of UTC; nothing where nobody can tell."""
        if not (zone := zone_of(self.country)):
            return set()
        middays = (datetime.combine(day, time(12), ZoneInfo(zone)) for day in self._days())
        return {midday.utcoffset() or timedelta() for midday in middays}

    def _days(self) -> list[date]:
        if self.begin is None or self.end is None or self.begin > self.end:
            return [_WINTER, _SUMMER]
        last = min(self.end - self.begin, _YEAR)
        return [self.begin + min(step * _STEP, last) for step in range(last // _STEP + 2)]
