"""The languages, and the catalogues of their texts."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel import Locale

#: Every language that a person may choose, by its own name; the order is that of the chooser.
LANGUAGES = {
    "en": "English",
    "sq": "Shqip",
    "ar": "العربية",
    "ary": "الدارجة",
    "fr": "Français",
    "uk": "Українська",
    "ru": "Русский",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "pl": "Polski",
}
RIGHT_TO_LEFT = frozenset({"ar", "ary"})
#: Read in its place where a language has no text of its own.
NEAREST = {"ary": "ar"}
#: What Babel knows no language of its own for, and what comes nearest: Morocco's months.
_LOCALES = {"ary": "ar_MA"}
_FOLDER = Path(__file__).parent


class Catalogues:
    """Only read. A text that is missing comes in English."""

    def __init__(self, by_language: dict[str, NullTranslations]) -> None:
        self._by_language = by_language

    @classmethod
    @cache
    def load(cls) -> "Catalogues":
        """Reads the compiled catalogues, once; `make venv` compiles them."""
        loaded = {language: _read(language) for language in LANGUAGES}
        for language, nearest in NEAREST.items():
            if loaded[language] is not loaded[nearest]:
                loaded[language].add_fallback(loaded[nearest])
        return cls(loaded)

    def of(self, language: str) -> NullTranslations:
        return self._by_language.get(language) or self._by_language["en"]


def _read(language: str) -> NullTranslations:
    path = _FOLDER / language / "LC_MESSAGES" / "wayhome.mo"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return GNUTranslations(file)


def chosen_language(telegram_code: str | None) -> str:
    """Our language for what a phone says it speaks, such as "uk" for "uk-UA"; else English."""
    code = (telegram_code or "").split("-")[0].lower()
    return code if code in LANGUAGES else "en"


def locale_of(language: str) -> Locale:
    """For dates and the names of countries; the nearest where Babel knows none of its own."""
    return Locale.parse(_LOCALES.get(language, language))


def day_pattern(locale: Locale) -> str:
    """Of a day with its month's short name, such as "29 Nov", in German "29. Nov."."""
    return "d. MMM" if locale.language == "de" else "d MMM"


def comma(language: str) -> str:
    """What stands between the parts of a list."""
    return "، " if language in RIGHT_TO_LEFT else ", "


def direction(language: str) -> str:
    """For the dir attribute of a page."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
