"""What is wrong with a pathway's file, and where."""

from dataclasses import dataclass

from domain.problems import AnyProblem


@dataclass(frozen=True, slots=True)
class Problem(AnyProblem):
    #: Such as "stage 3, task 1, due", or a line; "" for the whole file.
    where: str
    reason: str
    about: str = ""
