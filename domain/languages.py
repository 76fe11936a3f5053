"""Codes of languages, however they are written."""

from collections.abc import Iterable

from babel.core import get_global

from locales.catalogues import LANGUAGES


def usual_code(written: str) -> str:
    """Of two letters where there is one, such as "uk" for "ukr"; any other stays as it is."""
    return str(get_global("language_aliases").get(written.lower(), written))


def that_nobody_chooses(codes: Iterable[str]) -> list[str]:
    """Those that are none of ours: what is written in them nobody is shown."""
    return [code for code in codes if code not in LANGUAGES]
