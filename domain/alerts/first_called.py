"""Whom an alert calls first: who fits the person best, of those whom it would call anyway.

Nobody is called later because nobody fits: then everybody is called at once. Whoever does not read
Telegram, and perhaps has a channel, is called with those who fit no better, and keeps nobody from
being called: where a channel fails, no alert goes wider for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from storage.kinds import Gender
from storage.tables.staff import Staff


@dataclass(frozen=True, slots=True)
class Fit:
    """What whoever is called first should bring along; what is left empty nobody needs to."""

    helper: Gender | None = None
    language: str = ""

    def is_as_wished(self, staff: Staff) -> bool:
        """Whether somebody who can be reached is what the person wishes for."""
        return _reachable(staff) and self._wishes_for(staff)

    def first_of(self, called: Sequence[Staff]) -> list[Staff]:
        """Who is as wished and speaks the language, else who is as wished, else who speaks it."""
        first: set[UUID] = set()
        for fits in (self._is_both, self._wishes_for, self._speaks):
            found = [staff for staff in called if fits(staff)]
            first |= {staff.id for staff in found}
            if any(map(_reachable, found)):
                return [staff for staff in called if staff.id in first]
        return list(called)

    def _is_both(self, staff: Staff) -> bool:
        return self._wishes_for(staff) and self._speaks(staff)

    def _wishes_for(self, staff: Staff) -> bool:
        return self.helper is not None and staff.gender is self.helper

    def _speaks(self, staff: Staff) -> bool:
        return self.language in staff.speaks


ANYBODY = Fit()


def _reachable(staff: Staff) -> bool:
    return staff.telegram_chat is not None and staff.telegram_fails_since is None
