"""Check-ins that the person put off: they were asked, and await it, whatever holds it meanwhile."""

from sqlalchemy import ColumnElement, or_

from storage.tables.check_ins import CheckIn

#: The reason of one, until something else holds it.
ASKED_LATER = "asked-later"


def is_put_off(check_in: CheckIn) -> bool:
    """An older release beside this one writes the reason alone."""
    return check_in.put_off_at is not None or check_in.reason == ASKED_LATER


def were_put_off() -> ColumnElement[bool]:
    """`is_put_off` within a query."""
    return or_(CheckIn.put_off_at.is_not(None), CheckIn.reason.is_not_distinct_from(ASKED_LATER))
