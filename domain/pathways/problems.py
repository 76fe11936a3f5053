"""What is wrong with a pathway's file, and where."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.errors import Refused


@dataclass(frozen=True, slots=True)
class Problem:
    #: Such as "stage 3, task 1, due", or a line; "" for the whole file.
    where: str
    #: What the catalogues know; `about` stands in for its {it}.
    reason: str
    about: str = ""

    def said(self, gettext: Callable[[str], str] = str) -> str:
        return Refused(self.reason, it=self.about).said(gettext)


class Faulty(Exception):
    """A pathway that can't be taken in."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
