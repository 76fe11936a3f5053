"""What an organisation promises whoever needs it: how soon somebody acts, and for how long a word
opens a closed case again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from domain.cases.deadlines import DEADLINES, WORKING_DAYS, first_action_within, working_days
from domain.errors import Refused
from domain.marks import N_
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation

_REOPENS = "reopens_days"
_DEFAULT_DAYS: Final = 14
#: An emergency is a matter of minutes and what is urgent of an hour, whoever promises it.
EMERGENCY_MINUTES: Final = range(1, 16)
URGENT_MINUTES: Final = range(15, 61)
#: Words are kept for a month at least after a case is closed: no longer can it go on.
REOPENS_DAYS: Final = range(1, 31)


@dataclass(frozen=True, slots=True)
class Terms:
    emergency_minutes: int
    urgent_minutes: int
    #: Monday is 0. By their ends somebody acts on a concern.
    working_days: Sequence[int]
    reopens_days: int

    def ensure_sound(self) -> None:
        """Raises Refused."""
        for given, within, sentence in (
            (
                self.emergency_minutes,
                EMERGENCY_MINUTES,
                N_("In an emergency somebody acts within {first} to {last} minutes."),
            ),
            (
                self.urgent_minutes,
                URGENT_MINUTES,
                N_("When it is urgent somebody acts within {first} to {last} minutes."),
            ),
            (
                self.reopens_days,
                REOPENS_DAYS,
                N_("A closed case can open again for {first} to {last} days."),
            ),
        ):
            if given not in within:
                raise Refused(sentence, first=within[0], last=within[-1])
        if not self.working_days:
            raise Refused("Choose at least one working day.")

    def as_settings(self) -> dict[str, Any]:
        return {
            DEADLINES: {
                Severity.EMERGENCY: self.emergency_minutes,
                Severity.URGENT: self.urgent_minutes,
            },
            WORKING_DAYS: list(self.working_days),
            _REOPENS: self.reopens_days,
        }


def terms_of(settings: Mapping[str, Any]) -> Terms:
    """An organisation's own, or those that hold where it set none."""
    return Terms(
        _minutes(settings, Severity.EMERGENCY),
        _minutes(settings, Severity.URGENT),
        working_days(settings),
        _reopens_days(settings),
    )


def reopens_within(settings: Mapping[str, Any]) -> timedelta:
    """So long after a case was closed the person's word opens it again."""
    return timedelta(days=_reopens_days(settings))


async def could_open_again(session: Session, case: Case) -> bool:
    """Whether this closed case is still so new: so long whoever closed it may look back, too."""
    organisation = await session.get_one(Organisation, case.organisation_id)
    within = reopens_within(organisation.settings)
    return case.resolved_at is not None and session.now - case.resolved_at <= within


def _minutes(settings: Mapping[str, Any], severity: Severity) -> int:
    span = first_action_within(settings, severity)
    assert span is not None, severity
    return int(span.total_seconds()) // 60


def _reopens_days(settings: Mapping[str, Any]) -> int:
    chosen: int = settings.get(_REOPENS, _DEFAULT_DAYS)
    return chosen
