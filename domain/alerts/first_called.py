"""Whom an alert calls first: who fits the person best, of those whom it would call anyway.

Nobody is called later because nobody fits: then everybody is called at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.kinds import Gender
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class Fit:
    """What whoever is called first should bring along; what is left empty nobody needs to."""

    helper: Gender | None = None
    language: str = ""

    def is_as_wished(self, staff: Staff) -> bool:
        """Whether somebody who can be reached is what the person wishes for."""
        return _reachable(staff) and self.helper is not None and staff.gender is self.helper

    def first_of(self, called: Sequence[Staff]) -> list[Staff]:
        """Who is as wished and speaks the language, else who is as wished, else who speaks it."""
        wished = [staff for staff in called if self.is_as_wished(staff)]
        both = [staff for staff in wished if self._speaks(staff)]
        return both or wished or [each for each in called if self._speaks(each)] or list(called)

    def _speaks(self, staff: Staff) -> bool:
        return _reachable(staff) and self.language in staff.speaks


ANYBODY = Fit()


def _reachable(staff: Staff) -> bool:
    return staff.telegram_chat is not None and staff.telegram_fails_since is None
