"""What a form says about points: its sheet of bands."""

from collections.abc import Iterable

from domain.marks import N_
from domain.questionnaires.forms.choosing import WHICH_ALERT, number
from domain.questionnaires.forms.columns import Languages, by_name, words
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.workbook import BANDS, Workbook
from domain.questionnaires.values import Band, Kind, Question
from storage.kinds import Severity

_NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.CALCULATE)


def bands(
    book: Workbook, languages: Languages, questions: Iterable[Question]
) -> tuple[tuple[Band, ...], list[Problem]]:
    scales = {scale for question in questions for scale in question.scales}
    scales |= {question.name for question in questions if question.kind in _NUMBERS}
    found: list[Band] = []
    problems: list[Problem] = []
    for row in book.rows(BANDS):
        cells = by_name(row)
        label, faults = words(BANDS, row, "label", languages, needed=True)

        def fault(column: str, reason: str, about: str = "", at: int = row.number) -> Problem:
            return Problem(BANDS, at, column, reason, about)

        scale, severity = cells.get("scale", ""), cells.get("severity", "none").lower()
        lowest, highest = number(cells.get("from", "")), number(cells.get("to", ""))
        if scale not in scales:
            faults.append(fault("scale", N_("No question counts for {it}."), scale))
        if severity not in set(Severity):
            faults.append(fault("severity", WHICH_ALERT))
        if lowest is None or highest is None:
            faults.append(fault("from" if lowest is None else "to", N_("Write a number.")))
        elif lowest > highest or any(_meet(band, scale, lowest, highest) for band in found):
            faults.append(fault("from", N_("These points belong to another band, or to none.")))
        if not faults and label and lowest is not None and highest is not None:
            found.append(Band(scale, lowest, highest, label, Severity(severity)))
        problems += faults
    return tuple(found), problems


def _meet(band: Band, scale: str, lowest: float, highest: float) -> bool:
    return band.scale == scale and band.lowest <= highest and lowest <= band.highest
