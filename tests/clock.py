"""The clock of a test, set to a moment that it names."""

from datetime import UTC, datetime

from storage.sessions import Clock

# A Monday, eleven in the morning in Tirana.
MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)


def set_clock(clock: Clock, moment: datetime) -> None:
    clock.offset = moment - datetime.now(UTC)
