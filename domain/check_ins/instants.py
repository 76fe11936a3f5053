"""Wall-clock time somewhere, as an instant."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def instant(local_time: datetime, place: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clocks there show that (naive) time or a later one.

    A time that happens twice is its first; one that a clock change leaps over is the change.
    """
    shown = local_time.replace(tzinfo=place, fold=0)
    if _exists(shown):
        return shown.astimezone(UTC)
    # In a leap, fold=1 reckons with the offset after it, which lands before it, and fold=0
    # the other way round: the change lies between the two.
    before, after = shown.replace(fold=1).astimezone(UTC), shown.astimezone(UTC)
    offset_before = before.astimezone(place).utcoffset()
    while after - before > timedelta(microseconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(place).utcoffset() == offset_before:
            before = middle
        else:
            after = middle
    return after


def _exists(shown: datetime) -> bool:
    back = shown.astimezone(UTC).astimezone(shown.tzinfo)
    return back.replace(tzinfo=None) == shown.replace(tzinfo=None)
