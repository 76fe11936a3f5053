"""Days to type into a form."""

from datetime import date

NEXT_YEAR = date.today().year + 1  # noqa: DTZ011 - any year that is still to come
