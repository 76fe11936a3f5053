"""Countries: those that we serve, their two letters, however they are written, and their clocks."""

from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError, get_global

#: Where organisations are most, and people are: we have the numbers of all of these.
COUNTRIES = (
    "AL",
    "MA",
    "UA",
    "AT",
    "CY",
    "DE",
    "ES",
    "FR",
    "GB",
    "GR",
    "IT",
    "JO",
    "PL",
    "PT",
)
# Where nearly all people of a country with several time zones live; of many that differ by their
# history alone, where the capital is.
_MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "KZ": "Asia/Almaty",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
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


def zone_of(country: str | None) -> str | None:
    """A country's IANA time zone, where one can be told from the country alone."""
    zones = zones_of(country)
    return _MAIN_ZONES.get(country or "") or (zones[0] if len(zones) == 1 else None)


def zones_of(country: str | None) -> list[str]:
    """All of them; none for what is no country."""
    return list(map(str, get_global("territory_zones").get(country or "", [])))


def zone_or_utc(country: str | None) -> str:
    return zone_of(country) or "UTC"


def first_weekday(country: str | None) -> int:
    """On which day calendars there begin a week; Monday is 0, as where that is not known."""
    if country is None:
        return _MONDAY
    try:
        return Locale.parse(f"und_{country}").first_week_day
    except UnknownLocaleError:
        return _MONDAY
