"""The columns of a form: what each is called, and in which language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from babel import Locale
from pyxform.validators.pyxform.iana_subtags.validation import get_languages_with_bad_tags

from domain.languages import usual_code
from domain.marks import N_
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.styling import plain
from domain.questionnaires.forms.workbook import BANDS, CHOICES, SETTINGS, SURVEY, Row, Workbook
from domain.questionnaires.values import Words
from locales.catalogues import LANGUAGES

_LANGUAGE = re.compile(r"\(([A-Za-z]{2,3})(?:-\w+)?\)\s*$")
_YES = {"yes": True, "true": True, "true()": True, "no": False, "false": False, "false()": False}
YES_OR_NO = N_("Write yes or no.")
UNKNOWN_COLUMN = N_("Wayhome does not know this column.")
_OTHER_LANGUAGE = N_("None of the questions is put in this language.")
_SEPARATOR = re.compile(r"::|:(?!:)")
_ALIASES = {
    "relevance": "relevant",
    "calculate": "calculation",
    "list name": "list_name",
    "value": "name",
    "form_id": "id_string",
    "form_title": "title",
}
_KNOWN = {
    SURVEY: {
        *("type", "name", "label", "hint", "required", "required_message", "relevant"),
        *("constraint", "constraint_message", "calculation", "choice_filter", "parameters"),
        *("appearance", "hxl", "wayhome_score", "wayhome_alert", "wayhome_sensitive"),
    },
    SETTINGS: {
        *("title", "id_string", "default_language", "version", "style"),
        # How ODK names, sends and seals what it collects.
        *("name", "instance_name", "xml_root", "submission_url", "public_key"),
        *("auto_send", "auto_delete"),
        # Twice the same in one list is refused all the same.
        "allow_choice_duplicates",
        *("wayhome_adults_only", "wayhome_source"),
    },
    BANDS: {"scale", "from", "to", "label", "severity"},
}
# What is said in each language; those of the questions' own labels say which these are.
_TEXTS = {SURVEY: {"hint", "constraint_message"}, CHOICES: {"label"}, BANDS: {"label"}}
# Of a choice, any other column is for filters, but for these, and what would be a slip in ours.
_NO_FILTERS = {"media", "image", "big-image", "audio", "video", "geometry"}
OURS_OF_CHOICES = {"wayhome_score", "wayhome_alert"}
_OURS = "wayhome"
_TWICE = N_("{it} is there twice.")


@dataclass(frozen=True, slots=True)
class Languages:
    """What a form calls each of its languages, and which is the main one, by code."""

    names: dict[str, str]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.names)

    @property
    def main(self) -> str:
        """As the form calls it."""
        return next(iter(self.names.values()), "")

    def has(self, name: str) -> bool:
        """As a column calls it; one that calls none is in the main one. All stand open where no
        label says which there are.
        """
        return not name or not self.names or name in self.names.values()


def parted(column: str) -> tuple[str, str]:
    """What a column holds, and in which language: label::English (en)."""
    name, *language = _SEPARATOR.split(column, maxsplit=1)
    name = name.strip().lower()
    return _ALIASES.get(name, name), _named(language[0].strip()) if language else ""


def _named(language: str) -> str:
    """ "" for what others call default: a language without a name."""
    return "" if language.lower() == "default" else language


def by_name(row: Row) -> dict[str, str]:
    """A row's cells by what they hold, whichever language that is in."""
    return {name: text for column, text in row.cells.items() for name in [parted(column)[0]]}


def yes(text: str) -> bool | None:
    """Whether a cell says yes; None where it says neither. An empty one says no."""
    return _YES.get(text.lower()) if text else False


def languages_of(book: Workbook, usual: str) -> tuple[Languages, list[Problem]]:
    """From the columns of labels; the default language comes first. `usual` is the code of the one
    that the form does not name.
    """
    settings = next((by_name(row) for row in book.rows(SETTINGS)), {})
    default = _named(settings.get("default_language", ""))
    said = [parted(column) for column in book.columns.get(SURVEY, [])]
    found = dict.fromkeys(language or default for name, language in said if name == "label")
    ordered = sorted(found, key=lambda language: _code(language) != _code(default))
    names: dict[str, str] = {}
    problems = []
    for language in ordered:
        is_main = language == default
        code = _code(language) or (usual if is_main else "")
        at = (SETTINGS, "default_language") if is_main else (SURVEY, f"label::{language}")
        if not code:
            problems.append(Problem(at[0], None, at[1], WHICH_LANGUAGE))
            # Whatever else is wrong is to be found in it, too.
            code = language
        elif not _is_one(code):
            problems.append(Problem(at[0], None, at[1], _NO_LANGUAGE, code))
        if code in names:
            problems.append(Problem(at[0], None, at[1], _TWICE, code))
        else:
            names[code] = language
    return Languages(names), problems


WHICH_LANGUAGE = N_(
    "Say the language with its code, such as English (en), or choose it with the file."
)
_NO_LANGUAGE = N_("{it} is the code of no language.")


def _code(language: str) -> str:
    """Of a language as a form calls it: by its code, or by its own name or the English one."""
    found = _LANGUAGE.search(language)
    written = usual_code((found[1] if found else language).lower())
    return written if found else _codes().get(written, "")


def _is_one(code: str) -> bool:
    """Rather than that of a country, as "ua" is: nobody would ever be asked in it."""
    return not get_languages_with_bad_tags([f"({code.partition('_')[0]})"])


@cache
def _codes() -> dict[str, str]:
    english = Locale.parse("en").languages
    named = [(english[code], code) for code in LANGUAGES] + [(n, c) for c, n in LANGUAGES.items()]
    return {code: code for code in LANGUAGES} | {name.lower(): code for name, code in named}


def unknown_columns(book: Workbook, languages: Languages) -> Iterator[Problem]:
    """What Wayhome would have to leave out, once for each column that says something."""
    for sheet, rows in book.sheets.items():
        reported: set[str] = set()
        for row in rows:
            for column in row.cells.keys() - reported:
                reason = _wrong_with(sheet, *parted(column), languages)
                if reason is not None:
                    reported.add(column)
                    yield Problem(sheet, row.number, column, reason)


def repeated_columns(book: Workbook, languages: Languages) -> Iterator[Problem]:
    """What stands above two columns, be it once with the main language and once without: of these
    only one could be read.
    """
    for sheet, columns in book.columns.items():
        above: set[tuple[str, str]] = set()
        for name, language in map(parted, columns):
            said = (name, language or languages.main)
            if said in above and not _is_of_others(name):
                yield Problem(sheet, None, "::".join(filter(None, (name, language))), _TWICE, name)
            above.add(said)


def words(
    sheet: str, row: Row, name: str, languages: Languages, *, needed: bool
) -> tuple[Words | None, list[Problem]]:
    """A text in every language of the form: where it is there in one, it must be in all."""
    texts, lacking = {}, []
    for code, language in languages.names.items():
        columns = [(name, language), *_without_language(name, code, languages)]
        found = (text for column, text in row.cells.items() if parted(column) in columns)
        if text := plain(next(found, "")):
            texts[code] = text
        else:
            lacking.append(f"{name}::{language}" if language else name)
    if not texts and not needed:
        return None, []
    if lacking:
        reason = N_("The text is missing.")
        return None, [Problem(sheet, row.number, column, reason) for column in lacking]
    return Words(texts[languages.codes[0]], texts), []


def _without_language(name: str, code: str, languages: Languages) -> list[tuple[str, str]]:
    """A column that names no language is in the main one."""
    return [(name, "")] if code == languages.codes[0] else []


def _is_of_others(name: str) -> bool:
    """Forms from KoboToolbox carry its own marks along."""
    return name.startswith(("$", "_", "kobo--"))


def _wrong_with(sheet: str, name: str, language: str, languages: Languages) -> str | None:
    if _is_of_others(name):
        return None
    if name in _TEXTS.get(sheet, ()) and not languages.has(language):
        return _OTHER_LANGUAGE
    return None if _is_known(sheet, name) else UNKNOWN_COLUMN


def _is_known(sheet: str, name: str) -> bool:
    if sheet == CHOICES:
        return name in OURS_OF_CHOICES or not (name in _NO_FILTERS or name.startswith(_OURS))
    return name in _KNOWN[sheet]
