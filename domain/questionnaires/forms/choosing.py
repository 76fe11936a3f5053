"""The lists of choices of a form, and the steps of a range."""

from functools import partial
from math import isfinite

from pyxform.errors import PyXFormError
from pyxform.parsing.parameters import parse

from domain.marks import N_
from domain.questionnaires.expressions import names_in
from domain.questionnaires.forms.columns import OURS_OF_CHOICES, Languages, by_name, parted, words
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.workbook import CHOICES, Row, Workbook
from domain.questionnaires.values import Choice, Words
from storage.kinds import Severity

#: As many as fit under one message, and a thumb can find.
MOST = 60
#: Whoever chooses it asks for a person of the team.
_PERSON = "person"
# Its results count it under one label, whoever chose it.
_NAMES_AN_ANSWER = N_("A choice can't show an earlier answer: name that in the question instead.")
_OURS = {"list_name", "name", "label", *OURS_OF_CHOICES}


def lists(book: Workbook, languages: Languages) -> tuple[dict[str, list[Choice]], list[Problem]]:
    """By the name of the list, in the order of the sheet."""
    found: dict[str, list[Choice]] = {}
    problems: list[Problem] = []
    for row in book.rows(CHOICES):
        choice, wrong = _choice(row, languages)
        problems += wrong
        if choice is None:
            continue
        others, name = found.setdefault(by_name(row).get("list_name", ""), []), choice.name
        if any(other.name == name for other in others):
            problems.append(Problem(CHOICES, row.number, "name", N_("{it} is there twice."), name))
        others.append(choice)
    return found, problems


def _choice(row: Row, languages: Languages) -> tuple[Choice | None, list[Problem]]:
    """None where nobody can tell whether it alerts."""
    cells, wrong = by_name(row), partial(Problem, CHOICES, row.number)
    label, problems = words(CHOICES, row, "label", languages, needed=True)
    score, alert = cells.get("wayhome_score"), cells.get("wayhome_alert", "").lower()
    if score is not None and number(score) is None:
        problems.append(wrong("wayhome_score", N_("Write a number.")))
    if "list_name" not in cells:
        # Where cells were merged, the spreadsheet has it in the first of them alone.
        problems.append(wrong("list_name", N_("The text is missing.")))
    if label is not None and any(map(names_in, label.languages.values())):
        problems.append(wrong("label", _NAMES_AN_ANSWER))
    if alert not in {"", _PERSON, *Severity}:
        problems.append(wrong("wayhome_alert", WHICH_ALERT))
        return None, problems
    choice = Choice(
        cells.get("name", ""),
        label or Words(""),
        Severity(alert) if alert in set(Severity) else Severity.NONE,
        wants_human=alert == _PERSON,
        score=number(score or ""),
        # As they are written: to a filter, region is not Region.
        columns={each: text for each, text in row.cells.items() if parted(each)[0] not in _OURS},
    )
    return choice, problems


WHICH_ALERT = N_("Write none, concern, urgent or emergency.")


def steps(parameters: str) -> list[str] | None:
    """The numbers of a range, as its parameters say: start=1 end=5 step=1. None if it says none."""
    try:
        said = parse(parameters, 0)
    except PyXFormError:
        return None
    numbers = [number(said.get(name, usual)) for name, usual in _USUAL.items()]
    if None in numbers or said.keys() - _USUAL.keys():
        return None
    start, end, step = (each or 0.0 for each in numbers)
    if step <= 0 or end < start or (end - start) / step >= MOST:
        return None
    count = int((end - start) / step + 1e-9) + 1
    return [f"{start + place * step:.12g}" for place in range(count)]


_USUAL = {"start": "1", "end": "10", "step": "1"}


def number(text: str) -> float | None:
    """Python would read "nan" and "inf", too, which are none to count with."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if isfinite(found) else None
