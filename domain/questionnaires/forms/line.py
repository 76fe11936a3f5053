"""One row of a survey sheet: what it says, and what is wrong with it."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from domain.marks import N_
from domain.questionnaires.forms.choosing import WHICH_ALERT, number, steps
from domain.questionnaires.forms.columns import YES_OR_NO, Languages, by_name, words, yes
from domain.questionnaires.forms.logic import EXPRESSIONS, straightened
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.workbook import SURVEY, Row
from domain.questionnaires.values import Choice, Kind, Words
from storage.kinds import Severity

BEGIN_GROUP, END_GROUP = "begin group", "end group"
_GROUPS = {"begin_group": BEGIN_GROUP, "end_group": END_GROUP}
# What begins with a dollar are answers, of which ODK makes the choices.
_SELECTS = re.compile(r"select[ _](one|multiple)\s+([^\s$]\S*)")
_SELECTED = {"one": Kind.ONE, "multiple": Kind.MANY}
#: As XLSForm called them once.
_OLD_NAMES = {"select one from ": "select_one ", "select all that apply from ": "select_multiple "}
_OLD_SELECTS = re.compile("^(?:" + "|".join(_OLD_NAMES) + ")")
_TYPES = {
    **{kind.value: kind for kind in Kind if kind not in _SELECTED.values()},
    "string": Kind.TEXT,
    "int": Kind.INTEGER,
}
#: A row with none of these is a remark of its author's.
_OF_A_QUESTION = {"type", "name", "label"}
#: When it began and ended, a check-in knows by itself.
_KNOWN_ANYWAY = {"start", "end", "today"}


class Asked(NamedTuple):
    """How a question is to be answered."""

    kind: Kind
    #: Where the choices of one that has some are: in a list, or in its own range of numbers.
    list_name: str = ""
    is_range: bool = False


@dataclass(slots=True)
class Line:
    row: Row
    languages: Languages
    #: By what they hold, whichever language that is in.
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, row: Row, languages: Languages) -> "Line":
        cells = by_name(row)
        expressions = {name: straightened(cells[name]) for name in cells.keys() & set(EXPRESSIONS)}
        return cls(row, languages, cells | expressions)

    @property
    def type(self) -> str:
        """As XLSForm calls it today."""
        said = " ".join(self.says("type").split())
        said = _GROUPS.get(said, said)
        return _OLD_SELECTS.sub(lambda old: _OLD_NAMES[old[0]], said)

    @property
    def asked(self) -> Asked | None:
        """None for a type that Wayhome does not know."""
        if self.type == "range":
            return Asked(Kind.ONE, is_range=True)
        selects = _SELECTS.fullmatch(self.type)
        if selects:
            return Asked(_SELECTED[selects[1]], selects[2])
        kind = _TYPES.get(self.type)
        return Asked(kind) if kind else None

    @property
    def asks_nothing(self) -> bool:
        is_remark = not self.cells.keys() & _OF_A_QUESTION
        return is_remark or self.type in _KNOWN_ANYWAY or self._is_heading

    @property
    def _is_heading(self) -> bool:
        """Of a table, as KoboToolbox writes its ratings: choices above the rows that are asked."""
        return self.type.startswith("select") and "label" in self.says("appearance").split()

    def says(self, column: str) -> str:
        return self.cells.get(column, "")

    def says_yes(self, column: str) -> bool:
        said = yes(self.says(column))
        if said is None:
            self.wrong(column, YES_OR_NO)
        return said or False

    def words(self, column: str, *, needed: bool = False) -> Words | None:
        found, problems = words(SURVEY, self.row, column, self.languages, needed=needed)
        self.problems += problems
        return found

    def range(self) -> list[Choice]:
        found = steps(self.says("parameters"))
        if found is None:
            reason = N_("Write where the range starts and ends: start=1 end=5 step=1.")
            self.wrong("parameters", reason)
            return []
        codes = self.languages.codes
        return [
            Choice(step, Words(step, dict.fromkeys(codes, step)), score=number(step))
            for step in found
        ]

    def alert(self) -> str | None:
        """An expression that says a severity; of one that always does, that in quotes."""
        said = self.says("wayhome_alert")
        if said.lower() in set(Severity):
            return f"'{said.lower()}'"
        if said.isalpha():
            self.wrong("wayhome_alert", WHICH_ALERT)
        return said or None

    def wrong(self, column: str, reason: str, about: str = "") -> None:
        self.problems.append(Problem(SURVEY, self.row.number, column, reason, about))
