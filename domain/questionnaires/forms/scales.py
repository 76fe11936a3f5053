"""What a form says about points: its sheet of bands."""

from collections.abc import Collection, Iterable
from functools import partial

from domain.marks import N_
from domain.questionnaires.forms.choosing import WHICH_ALERT, number
from domain.questionnaires.forms.columns import Languages, by_name, words
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.workbook import BANDS, Row, Workbook
from domain.questionnaires.values import Band, Kind, Question
from storage.kinds import Severity

_NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.CALCULATE)


def bands(
    book: Workbook, languages: Languages, questions: Iterable[Question]
) -> tuple[tuple[Band, ...], list[Problem]]:
    scales = _scales(questions)
    found: list[Band] = []
    problems: list[Problem] = []
    for row in book.rows(BANDS):
        band, wrong = _band(row, languages, scales, found)
        if band is not None:
            found.append(band)
        problems += wrong
    return tuple(found), problems


def _scales(questions: Iterable[Question]) -> set[str]:
    """Whatever has points: what choices count for, and any question whose answer is a number."""
    scales: set[str] = set()
    for question in questions:
        scales.update(question.scales)
        if question.kind in _NUMBERS:
            scales.add(question.name)
    return scales


def _band(
    row: Row, languages: Languages, scales: Collection[str], above: Iterable[Band]
) -> tuple[Band | None, list[Problem]]:
    """None where something is wrong with it; `above` are those of earlier rows."""
    cells, wrong = by_name(row), partial(Problem, BANDS, row.number)
    label, problems = words(BANDS, row, "label", languages, needed=True)
    scale, severity = cells.get("scale", ""), cells.get("severity", "none").lower()
    lowest, highest = number(cells.get("from", "")), number(cells.get("to", ""))
    if scale not in scales:
        problems.append(wrong("scale", N_("No question counts for {it}."), scale))
    if severity not in set(Severity):
        problems.append(wrong("severity", WHICH_ALERT))
    if lowest is None or highest is None:
        problems.append(wrong("from" if lowest is None else "to", N_("Write a number.")))
        return None, problems
    if lowest > highest or any(_meet(band, scale, lowest, highest) for band in above):
        problems.append(wrong("from", N_("These points belong to another band, or to none.")))
    if problems or label is None:
        return None, problems
    return Band(scale, lowest, highest, label, Severity(severity)), []


def _meet(band: Band, scale: str, lowest: float, highest: float) -> bool:
    return band.scale == scale and band.lowest <= highest and lowest <= band.highest
