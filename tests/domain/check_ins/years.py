"""Places, and the days on which their clocks change."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

# Morocco's clocks change for Ramadan, the others' in spring and autumn.
PLACES = ("Europe/Tirane", "Africa/Casablanca", "Europe/Kyiv", "Europe/Lisbon")


# 2024, 2028 and 2032 have a 29 February.
DAYS = [
    day
    for number in range(366 * 10 + 30)
    if (day := datetime.fromisoformat("2024-01-01") + timedelta(days=number)).year < 2034
]


def changes(place: ZoneInfo) -> list[datetime]:
    return [
        day
        for day in DAYS
        if day.replace(tzinfo=place).utcoffset()
        != (day + timedelta(days=1)).replace(tzinfo=place).utcoffset()
    ]


CHANGES = {name: changes(ZoneInfo(name)) for name in PLACES}
