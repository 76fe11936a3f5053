"""Codes of languages, however they are written."""

from collections.abc import Iterable

from babel import Locale
from babel.core import get_global

from locales.catalogues import LANGUAGES


def usual_code(written: str) -> str:
    """Of two letters where there is one, such as "uk" for "ukr"; any other stays as it is."""
    code = _in_cldr(written.lower())
    return code if len(code) == 2 else written


def language_name(locale: Locale, code: str) -> str:
    """As that locale calls it: Dari, "prs", as well, which is Persian of Afghanistan in CLDR."""
    names = locale.languages
    return str(names.get(code) or names.get(_in_cldr(code), code))


def _in_cldr(code: str) -> str:
    return str(get_global("language_aliases").get(code, code))


def that_nobody_chooses(codes: Iterable[str]) -> list[str]:
    """Those that are none of ours: what is written in them nobody is shown."""
    return [code for code in codes if code not in LANGUAGES]
