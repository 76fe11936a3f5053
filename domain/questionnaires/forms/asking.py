"""The survey sheet of a form, row by row."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.marks import N_
from domain.questionnaires.expressions import literals_in, names_in
from domain.questionnaires.filling import LONGEST_SHOWN
from domain.questionnaires.forms.choosing import MOST, WHICH_ALERT, number, steps
from domain.questionnaires.forms.columns import (
    UNKNOWN_COLUMN,
    YES_OR_NO,
    Languages,
    by_name,
    words,
    yes,
)
from domain.questionnaires.forms.logic import (
    EXPRESSIONS,
    UNKNOWN_FUNCTION,
    faults,
    not_above,
)
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.workbook import SURVEY, Row, Workbook
from domain.questionnaires.values import Choice, Kind, Question, Words
from storage.kinds import Severity

_TYPES = {
    **{kind.value: kind for kind in Kind},
    "string": Kind.TEXT,
    "int": Kind.INTEGER,
    "select one": Kind.ONE,
    "select multiple": Kind.MANY,
}
_SELECTS = re.compile(r"(select[ _]one|select[ _]multiple)\s+(\S+)")
#: As XLSForm called them once.
_OLD_NAMES = {"select one from ": "select_one ", "select all that apply from ": "select_multiple "}
_OLD_SELECTS = re.compile("^(?:" + "|".join(_OLD_NAMES) + ")")
#: A row with none of these is a remark of its author's.
_OF_A_QUESTION = {"type", "name", "label"}
#: When it began and ended, a check-in knows by itself.
_KNOWN_ANYWAY = {"start", "end", "today"}
# A message of Telegram holds 4,096 letters, of which ours beside the form's are the rest.
_LONGEST_ASKED = 3500
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


@dataclass(slots=True)
class Survey:
    """What was read so far."""

    languages: Languages
    lists: dict[str, list[Choice]]
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: The conditions of the groups that are open.
    groups: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, book: Workbook, languages: Languages, lists: dict[str, list[Choice]]) -> "Survey":
        survey = cls(languages, lists)
        for row in book.rows(SURVEY):
            survey.take(row)
        if not survey.questions and not survey.problems:
            survey.problems.append(Problem(SURVEY, None, None, N_("There is nothing to ask.")))
        return survey

    def take(self, row: Row) -> None:
        cells = by_name(row)
        if not cells.keys() & _OF_A_QUESTION:
            return
        said = " ".join(cells.get("type", "").split())
        said = {"begin_group": "begin group", "end_group": "end group"}.get(said, said)
        said = _OLD_SELECTS.sub(lambda old: _OLD_NAMES[old[0]], said)
        if said == "begin group":
            self.groups.append(self._condition(row, cells))
        elif said == "end group":
            if self.groups:
                self.groups.pop()
        elif said not in _KNOWN_ANYWAY and not _is_heading(said, cells):
            selects = _SELECTS.fullmatch(said)
            type_ = selects[1].replace("_", " ") if selects else said
            fits = type_ in _TYPES and bool(selects) == type_.startswith("select")
            if type_ == "range" or fits:
                self._ask(row, cells, type_, selects[2] if selects else "")
            else:
                self._fault(row, "type", N_("Wayhome does not know the type {it}."), said)

    def _ask(self, row: Row, cells: dict[str, str], type_: str, list_name: str) -> None:
        name = cells.get("name", "")
        if not _NAME.fullmatch(name) or name in self._names():
            self._fault(row, "name", N_("This name is missing, used before or no name for a form."))
            return
        kind = Kind.ONE if type_ == "range" else _TYPES[type_]
        label = self._words(row, "label", needed=kind is not Kind.CALCULATE)
        choices = self._range(row, cells) if type_ == "range" else self.lists.get(list_name, [])
        if len(choices) > MOST:
            self._fault(row, "type", N_("A question can have {it} choices at most."), str(MOST))
        if type_ != "range" and cells.get("parameters"):
            self._fault(row, "parameters", UNKNOWN_COLUMN)
        # How a question looks is the phone's; this one takes its choices from another file.
        if cells.get("appearance", "").startswith("search("):
            self._fault(row, "appearance", UNKNOWN_FUNCTION, "search")
        sensitive = kind is Kind.TEXT or self._yes(row, cells, "wayhome_sensitive")
        self._yes(row, cells, "required")
        conditions = [each for each in [*self.groups, cells.get("relevant", "")] if each]
        question = Question(
            name,
            label or Words(name),
            tuple(choices) if kind in (Kind.ONE, Kind.MANY) else (),
            kind,
            hint=self._words(row, "hint"),
            relevant=" and ".join(f"({each})" for each in conditions) or None,
            choice_filter=cells.get("choice_filter"),
            constraint=cells.get("constraint"),
            constraint_message=self._words(row, "constraint_message"),
            calculation=cells.get("calculation") if kind is Kind.CALCULATE else None,
            alert=self._alert(row, cells),
            scales=tuple(cells.get("wayhome_score", "").split()),
            sensitive=sensitive,
            private=sensitive,
        )
        if _length(question) > _LONGEST_ASKED:
            self._fault(row, "label", N_("A cell holds too much text."))
        if question.scales and any(choice.score is None for choice in question.choices or [_NONE]):
            self._fault(row, "wayhome_score", N_("Every choice of this question needs a score."))
        self.problems += self._unclear(row, cells, question)
        self.questions.append(question)

    def _unclear(self, row: Row, cells: dict[str, str], question: Question) -> Iterator[Problem]:
        above = self._names()
        for column in EXPRESSIONS:
            expression = cells.get(column, "")
            if column == "wayhome_alert" and expression.isalpha():
                # A severity, or no word for one.
                continue
            own = {question.name} if column in ("constraint", "wayhome_alert") else set()
            if expression:
                of_choices = _columns(question) if column == "choice_filter" else ()
                yield from faults(row, column, expression, above | own, of_choices)
            if column == "wayhome_alert" and expression and not self._may_alert(expression):
                yield Problem(SURVEY, row.number, column, WHICH_ALERT)
        for column in ("label", "hint"):
            said = question.label if column == "label" else question.hint
            for name in names_in(said.text) if said else ():
                if name not in above:
                    yield not_above(row, column, name)

    def _may_alert(self, expression: str) -> bool:
        """Whether it names something that calls anybody, or leaves that to what was reckoned."""
        named = {each.lower() for each in literals_in(expression)}
        reckoned = {each.name for each in self.questions if each.kind is Kind.CALCULATE}
        return bool(named & _CALLS or reckoned & set(names_in(expression)))

    def _condition(self, row: Row, cells: dict[str, str]) -> str:
        condition = cells.get("relevant", "")
        if condition:
            self.problems += faults(row, "relevant", condition, self._names())
        return condition

    def _range(self, row: Row, cells: dict[str, str]) -> list[Choice]:
        found = steps(cells.get("parameters", ""))
        if found is None:
            reason = N_("Write where the range starts and ends: start=1 end=5 step=1.")
            self._fault(row, "parameters", reason)
            return []
        codes = self.languages.codes
        return [
            Choice(step, Words(step, dict.fromkeys(codes, step)), score=number(step))
            for step in found
        ]

    def _alert(self, row: Row, cells: dict[str, str]) -> str | None:
        said = cells.get("wayhome_alert", "")
        if said.isalpha() and said.lower() not in set(Severity):
            self._fault(row, "wayhome_alert", WHICH_ALERT)
        return f"'{said.lower()}'" if said.lower() in set(Severity) else said or None

    def _yes(self, row: Row, cells: dict[str, str], column: str) -> bool:
        said = yes(cells.get(column, ""))
        if said is None:
            self._fault(row, column, YES_OR_NO)
        return said or False

    def _words(self, row: Row, column: str, *, needed: bool = False) -> Words | None:
        found, problems = words(SURVEY, row, column, self.languages, needed=needed)
        self.problems += problems
        return found

    def _names(self) -> set[str]:
        return {question.name for question in self.questions}

    def _fault(self, row: Row, column: str, reason: str, about: str = "") -> None:
        self.problems.append(Problem(SURVEY, row.number, column, reason, about))


def _is_heading(said: str, cells: dict[str, str]) -> bool:
    """Of a table, as KoboToolbox writes its ratings: choices above the rows that are asked."""
    return said.startswith("select") and "label" in cells.get("appearance", "").split()


def _length(question: Question) -> int:
    """At most, of all that is said when it is asked, in any language, as Telegram counts."""
    said = [each for each in (question.label, question.hint, question.constraint_message) if each]
    lengths = Counter[str]()
    for text_of in said:
        for language, text in (text_of.languages or {"": text_of.text}).items():
            answers = len(names_in(text)) * LONGEST_SHOWN
            lengths[language] += len(text.encode("utf-16-le")) // 2 + answers
    return max(lengths.values())


def _columns(question: Question) -> set[str]:
    return {"name"}.union(*(choice.columns for choice in question.choices))


_NONE = Choice("", Words(""))
_CALLS = {each.value for each in Severity} - {Severity.NONE.value}
