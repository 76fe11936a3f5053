"""What is wrong with a form, and where."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.errors import Refused


@dataclass(frozen=True, slots=True)
class Problem:
    """The row is as a spreadsheet numbers it; None where it is about a whole sheet or file."""

    sheet: str | None
    row: int | None
    column: str | None
    #: What the catalogues know; `about` stands in for its {it}.
    reason: str
    about: str = ""

    def said(self, gettext: Callable[[str], str] = str) -> str:
        return Refused(self.reason, it=self.about).said(gettext)


class Faulty(Exception):
    """A form that can't be taken in."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
