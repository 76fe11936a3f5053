"""A country's two letters, as ISO 3166 has them, however they are written."""

from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError, get_global

# As the European Union writes it.
_NOT_OF_ISO = {"EL": "GR"}
# Codes for tests, for unions, and for what is not known.
_NOWHERE = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
_MONDAY = 0


def code_of(written: str) -> str | None:
    """Of two letters or three, such as "uk" or "GBR"; None where there is no such country.

    So that what is avoided in GB is avoided in the UK, too, and its numbers are known.
    """
    code = written.upper()
    others = get_global("territory_aliases").get(code, [])
    usual = _NOT_OF_ISO.get(code) or (str(others[0]) if len(others) == 1 else code)
    return usual if usual in codes() else None


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    known = map(str, Locale("en").territories)
    return frozenset(code for code in known if len(code) == 2 and code.isalpha()) - _NOWHERE


def first_weekday(country: str | None) -> int:
    """On which day calendars there begin a week; Monday is 0, as where that is not known."""
    if country is None:
        return _MONDAY
    try:
        return Locale.parse(f"und_{country}").first_week_day
    except UnknownLocaleError:
        return _MONDAY
