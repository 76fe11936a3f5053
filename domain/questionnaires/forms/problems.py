"""What is wrong with a form, and where."""

from dataclasses import dataclass

from domain.problems import AnyProblem


@dataclass(frozen=True, slots=True)
class Problem(AnyProblem):
    """The row is as a spreadsheet numbers it; None where it is about a whole sheet or file."""

    sheet: str | None
    row: int | None
    column: str | None
    reason: str
    about: str = ""
