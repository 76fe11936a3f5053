"""Single cells, read as kindly as they are written by hand."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from babel import Locale

from domain.countries import code_of, codes
from domain.directory.folding import fold
from domain.languages import usual_code

MAX_TEXT = 10_000
_TIME = re.compile(
    r"(\d{1,2})(?:[:.h]?(\d{2}))?(?::(\d{2})(?:\.\d+)?)?\s*(?:([ap])\.?m\.?)?"
    r"(z|([+-]\d{2}):?(\d{2}))?"
)
_NUMBER = re.compile(r"\+?[\d\s().\-/]{2,24}")
_BETWEEN_NUMBERS = re.compile(r"[,;]|\s*[\r\n]+\s*|\s/\s")
_PREFIX = re.compile(r"^\s*tel:", re.IGNORECASE)
# A language's, with its script, its country or both: more than that are words, as "Non-English".
_LONG_CODE = re.compile(r"([A-Za-z]{2,3})(?:[-_](?:[A-Za-z]{4}|[A-Za-z]{2}|\d{3}))+")
# A dash that does not break, and those that are put between figures.
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
#: Countries under names that ISO or everyday English has for them, and CLDR has not.
_ALSO_CALLED = {
    "Bolivarian Republic of Venezuela": "VE", "Bolivia (Plurinational State of)": "BO",
    "Bonaire, Sint Eustatius and Saba": "BQ", "Brunei Darussalam": "BN", "Burma": "MM",
    "Cabo Verde": "CV", "Congo (Democratic Republic of the)": "CD", "Congo (Republic of the)": "CG",
    "Congo": "CG", "Czech Republic": "CZ", "DR Congo": "CD", "DRC": "CD",
    "Democratic People's Republic of Korea": "KP", "Democratic Republic of the Congo": "CD",
    "East Timor": "TL", "Falkland Islands (Malvinas)": "FK", "Great Britain": "GB",
    "Heard Island and McDonald Islands": "HM", "Holland": "NL", "Holy See": "VA", "Hong Kong": "HK",
    "Iran (Islamic Republic of)": "IR", "Islamic Republic of Iran": "IR", "Ivory Coast": "CI",
    "Korea (Democratic People's Republic of)": "KP", "Korea (Republic of)": "KR",
    "Lao People's Democratic Republic": "LA", "Macao": "MO", "Macau": "MO", "Macedonia": "MK",
    "Micronesia (Federated States of)": "FM", "Moldova (Republic of)": "MD", "Myanmar": "MM",
    "Netherlands (Kingdom of the)": "NL", "Palestine (State of)": "PS", "Palestine": "PS",
    "Pitcairn": "PN", "Plurinational State of Bolivia": "BO", "Republic of Korea": "KR",
    "Republic of Moldova": "MD", "Republic of North Macedonia": "MK", "Republic of the Congo": "CG",
    "Russian Federation": "RU", "Saint Barthélemy": "BL",
    "Saint Helena, Ascension and Tristan da Cunha": "SH", "Saint Kitts and Nevis": "KN",
    "Saint Lucia": "LC", "Saint Martin (French part)": "MF", "Saint Pierre and Miquelon": "PM",
    "Saint Vincent and the Grenadines": "VC", "Sint Maarten (Dutch part)": "SX",
    "State of Palestine": "PS", "Swaziland": "SZ", "Syrian Arab Republic": "SY",
    "Taiwan (Province of China)": "TW", "Tanzania (United Republic of)": "TZ", "Turkey": "TR",
    "U.K.": "GB", "U.S.A.": "US", "United Kingdom of Great Britain and Northern Ireland": "GB",
    "United Republic of Tanzania": "TZ", "United States Minor Outlying Islands": "UM",
    "United States of America": "US", "Venezuela (Bolivarian Republic of)": "VE", "Viet Nam": "VN",
    "Virgin Islands (British)": "VG", "Virgin Islands (U.S.)": "VI",
}  # fmt: skip
#: As the field calls them, and CLDR does not: Dari is there Persian of Afghanistan.
_ALSO_SPOKEN = {"Dari": "prs", "Farsi": "fa", "Mandarin": "zh", "Moldovan": "ro", "Sorani": "ckb"}
#: Languages that people write about themselves in, besides their English names.
_OWN = ("en", "fr", "sq", "ar", "uk", "ru", "es", "it", "el", "pl", "pt", "de")


def time_of(text: str) -> time:
    """Also "9:00am", "13:00pm", "0800" and "24:00"; with its zone where that is written behind."""
    if not (match := _TIME.fullmatch(text.strip().casefold())):
        raise ValueError("is no time of day, such as 09:30")
    hour, minute, half = int(match[1]), int(match[2] or 0), match[4]
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    if (hour, minute) == (24, 0):
        hour = 0
    try:
        return time(hour, minute, tzinfo=_zone_in(match))
    except ValueError:
        raise ValueError("is no time of day, such as 09:30") from None


def _zone_in(match: re.Match[str]) -> timezone | None:
    """Raises ValueError where no clock is that far from UTC."""
    if not match[5]:
        return None
    hours, minutes = int(match[6] or 0), int(match[7] or 0)
    if (match[6] or "").startswith("-"):
        minutes = -minutes
    return timezone(timedelta(hours=hours, minutes=minutes))


def date_of(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError("is no date, such as 2026-01-31") from None


def moment_of(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is no date and time, such as 2026-01-31T09:30:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def number_of(text: str) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise ValueError("is no number") from None
    if number != number or abs(number) == float("inf"):
        raise ValueError("is no number")
    return number


def whole_of(text: str) -> int:
    number = number_of(text)
    if not 0 <= number < 10_000:
        raise ValueError("is no number from 0 to 9,999")
    return int(number)


def degrees_of(text: str, limit: int) -> float:
    degrees = number_of(text)
    if abs(degrees) > limit:
        raise ValueError(f"lies outside -{limit} to {limit}")
    return degrees


def phones_of(text: str) -> tuple[str, ...]:
    """The numbers in a cell as they are dialled: letters, or nothing to dial, are faults."""
    numbers = tuple(
        " ".join(part.split())
        for part in map(_undialled, _BETWEEN_NUMBERS.split(_in_ascii_digits(text)))
    )
    if not all(_NUMBER.fullmatch(n) and 2 <= sum(map(str.isdigit, n)) <= 17 for n in numbers):
        raise ValueError("is no phone number")
    return numbers


def _undialled(number: str) -> str:
    """Without what a link to it begins with, and with plain dashes."""
    return _PREFIX.sub("", number).translate(_DASHES)


def _in_ascii_digits(text: str) -> str:
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def text_of(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"is longer than {MAX_TEXT:,} characters")
    return text


def country_of(text: str) -> str:
    """A country's two-letter code, from that, from the three letters or its name in English or in a
    language that people write about themselves in.
    """
    if len(text) <= 3 and (code := code_of(text)):
        return code
    if known := _countries().get(_told_apart(text)):
        return known
    raise ValueError("is no country's two-letter code")


def languages_of(text: str) -> tuple[str, ...]:
    """Language codes out of "Arabic, English", "ar;en-GB" or "العربية"; what is unknown stays."""
    names = [part.strip() for part in re.split(r"[,;/|]|\band\b|&", text) if part.strip()]
    return tuple(dict.fromkeys(map(_language, names)))


def _language(name: str) -> str:
    """Of a code, which may name a country or a script besides, the language alone."""
    code = long[1] if (long := _LONG_CODE.fullmatch(name)) else name
    return _languages().get(fold(name)) or _languages().get(fold(code)) or usual_code(code)


def language_of(text: str) -> str:
    """The first of them."""
    named = languages_of(text)
    if not named:
        raise ValueError("names no language")
    return named[0]


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    known: dict[str, str] = {}
    # Where two languages call different countries alike, what English calls so is meant.
    for own in reversed(_OWN):
        named = Locale(own).territories.items()
        known |= {_told_apart(name): code for code, name in named if code in codes()}
    return known | {_told_apart(name): code for name, code in _ALSO_CALLED.items()}


def _told_apart(name: str) -> str:
    """By its words, but for those that ISO has and CLDR has not."""
    return " ".join(word for word in fold(name).split() if word not in {"and", "the"})


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    english = Locale("en").languages.items()
    known = {fold(code): code for code, _ in english if "_" not in code}
    known |= {fold(name): code.partition("_")[0] for code, name in english}
    known |= {fold(name): code for name, code in _ALSO_SPOKEN.items()}
    for own in _OWN:
        known[fold(Locale(own).languages[own])] = own
    return known
