"""Somebody whom nothing keeps from being written to at a usual hour."""

from zoneinfo import ZoneInfo

from domain.safety.judging import Contact
from domain.safety.window import USUAL

TIRANA = ZoneInfo("Europe/Tirane")
ANYBODY = Contact(
    place=TIRANA,
    window=USUAL,
    never_first=False,
    last_wrote_at=None,
    paused_until=None,
    frozen=False,
    emergency_open=False,
    confirmed=False,
    leaving=False,
    hushed=False,
)
