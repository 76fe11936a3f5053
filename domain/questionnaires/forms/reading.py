"""An XLSForm, as coordinators write it for KoboToolbox and ODK, becomes a questionnaire.

What Wayhome can't ask as it is written is refused, all of it at once, and never left out.
"""

import hashlib
import re
from collections.abc import Iterator
from urllib.parse import unquote

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from domain.marks import N_
from domain.names import slug
from domain.problems import Faulty
from domain.questionnaires.forms.asking import Survey
from domain.questionnaires.forms.choosing import lists
from domain.questionnaires.forms.columns import (
    YES_OR_NO,
    by_name,
    languages_of,
    repeated_columns,
    unknown_columns,
    yes,
)
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.scales import bands
from domain.questionnaires.forms.workbook import (
    CHOICES,
    SETTINGS,
    SURVEY,
    Workbook,
    open_workbook,
)
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.scales import K6, PHQ_4
from domain.questionnaires.values import Questionnaire, Words

_ROW = re.compile(r"^\[row : (\d+)\]\s*")
LONGEST_NAME = 40
#: What is called so is ours, and would hide the form.
_OURS = {SAFETY_AND_NEEDS.key, PHQ_4.key, K6.key}


def read_form(content: bytes, *, name: str = "", language: str = "") -> Questionnaire:
    """The first version of it; importing counts on. What it is called and the code of its language
    stand in where the form itself does not say, as forms saved by KoboToolbox seldom do.

    Raises Faulty.
    """
    book = open_workbook(content)
    languages, unnamed = languages_of(book, language)
    problems = [*unknown_columns(book, languages), *repeated_columns(book, languages), *unnamed]
    if not languages.names:
        raise Faulty(problems or [Problem(SURVEY, None, "label", _NO_LABEL)])
    choices, of_choices = lists(book, languages)
    survey = Survey.of(book, languages, choices)
    found, of_bands = bands(book, languages, survey.questions)
    problems += [*of_choices, *survey.problems, *of_bands]
    settings = next((by_name(row) for row in book.rows(SETTINGS)), {})
    title = settings.get("title") or settings.get("id_string") or name
    key = slug(settings.get("id_string", ""), LONGEST_NAME) or key_of(title) or key_of(name)
    adults_only = yes(settings.get("wayhome_adults_only", ""))
    problems += _of_settings(book, key, adults_only)
    problems += _of_the_whole(book, {problem.row for problem in problems})
    if problems:
        raise Faulty(problems)
    codes = languages.codes
    return Questionnaire(
        key,
        1,
        Words(title, dict.fromkeys(codes, title)),
        tuple(survey.questions),
        bands=found,
        languages=codes,
        adults_only=adults_only or False,
        source=settings.get("wayhome_source", ""),
    )


def named_after(stem: str) -> str:
    """What a file is called without its ending. One that came from the web may still be called as
    in an address; and no text holds a NUL, or what is no letter in any.
    """
    return unquote(stem).replace("\0", "").encode(errors="ignore").decode()


def key_of(name: str) -> str:
    """ "" for one in another script, of which a key holds nothing.

    Names that begin alike, or share no more than a year in digits, have each one of its own.
    """
    whole = slug(name, len(name))
    if len(whole) <= LONGEST_NAME and not _lost_letters(name):
        return whole
    number = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
    return slug(whole, LONGEST_NAME - len(number) - 1) + f"-{number}" if whole else ""


def _lost_letters(name: str) -> bool:
    """Whether something of it stands in no key; an accent above a letter may be missing."""
    return any(each.isalnum() and not slug(each, 1) for each in name)


def _of_settings(book: Workbook, key: str, adults_only: bool | None) -> Iterator[Problem]:
    if not key or key in _OURS:
        column = "form_id" if key else "form_title"
        yield Problem(SETTINGS, None, column, N_("Give the form a name of its own."))
    if adults_only is None:
        row = book.rows(SETTINGS)[0].number
        yield Problem(SETTINGS, row, "wayhome_adults_only", YES_OR_NO)


def _of_the_whole(book: Workbook, reported: set[int | None]) -> list[Problem]:
    """What the library that defines XLSForm finds, such as a group that never ends."""
    sheets: dict[str, object] = {"sheet_names": list(book.sheets), "fallback_form_name": "form"}
    for name in (SURVEY, CHOICES, SETTINGS):
        rows = {row.number: row.cells for row in book.rows(name)}
        last = max(rows, default=1)
        sheets[name] = [rows.get(number, {}) for number in range(2, last + 1)]
        sheets[f"{name}_header"] = [dict.fromkeys(book.columns.get(name, []))]
    try:
        convert(sheets, validate=False)
    except PyXFormError as error:
        said = " ".join(str(error).split())
        row = _ROW.match(said)
        number = int(row[1]) if row else None
        if reported and (number is None or number in reported):
            return []
        return [Problem(SURVEY, number, None, "{it}", _ROW.sub("", said)[:300])]
    # It breaks on some of what it means to refuse, such as a range that ends at no number.
    except Exception as error:
        return (
            [] if reported else [Problem(SURVEY, None, None, "{it}", f"pyxform: {error!r}"[:300])]
        )
    return []


_NO_LABEL = N_("The text is missing.")
