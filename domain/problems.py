"""Files that somebody wrote and that can't be taken in: what is wrong, and where."""

from collections.abc import Callable
from typing import Generic, TypeVar

from domain.errors import Refused


class AnyProblem:
    """At some place: each kind of file has its own words for where."""

    __slots__ = ()
    #: What the catalogues know; `about` stands in for its {it}.
    reason: str
    about: str

    def said(self, gettext: Callable[[str], str] = str) -> str:
        return Refused(self.reason, it=self.about).said(gettext)


_Problem = TypeVar("_Problem", bound=AnyProblem)


class Faulty(Exception, Generic[_Problem]):
    """All that was found."""

    def __init__(self, problems: list[_Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
