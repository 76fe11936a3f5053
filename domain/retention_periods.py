"""How long what kind of data is kept: an organisation's own days, or these."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from domain import audit
from domain.errors import Refused
from storage.sessions import Session
from storage.tables.organisations import Organisation


class Kind(StrEnum):
    """What goes by itself, each so many days after its end."""

    #: What the person and the team wrote to each other, after the case was closed.
    WORDS = "words"
    #: The closed case itself, with its history and the notes of colleagues.
    CASES = "cases"
    #: Check-ins with their answers, after they were due. What was counted stays.
    CHECK_INS = "check-ins"
    #: All that an organisation has of somebody, after it no longer accompanies them.
    ENROLMENTS = "enrolments"
    #: Lines of the audit ledger, after they were written.
    AUDIT = "audit"


DAYS: Mapping[Kind, int] = {
    Kind.WORDS: 180,
    Kind.CASES: 730,
    Kind.CHECK_INS: 365,
    Kind.ENROLMENTS: 365,
    Kind.AUDIT: 1825,
}
SHORTEST, LONGEST = 30, 3650
#: Nobody hides in days what they read.
SHORTEST_AUDIT = 365
#: The person hears of it so long before, and not again within REPEATED; where they don't want to be
#: written to, that waits for TOLD_WITHIN at most, since nothing is kept for ever.
WARNED_BEFORE = timedelta(days=14)
TOLD_WITHIN = timedelta(days=30)
REPEATED = timedelta(days=90)
#: No case or complaint stays open without somebody asking whether it still must.
REVIEWED_EVERY = timedelta(days=90)

# Kept for a life's sake alone, without anybody's yes:
#: After a human has heard a recording, so that they can hear it again while they help.
RECORDING_WITHOUT_CONSENT: Final = timedelta(days=1)
#: After a case was closed that the person did not agree to.
TALK_WITHOUT_CONSENT: Final = timedelta(days=30)
#: In which somebody who is asked anew can answer; then silence is a no.
TIME_TO_ANSWER: Final = timedelta(days=30)

#: In which somebody who was forced to ask for their deletion can have it taken back, with the
#: agreed sign.
TAKEN_BACK_WITHIN: Final = timedelta(hours=72)

# Of what goes somebody is told before.
_ANNOUNCED = tuple(kind for kind in Kind if kind is not Kind.AUDIT)
_SETTING, _SHORTENED = "retention", "retention_shortened"


def days(settings: Mapping[str, Any], kind: Kind) -> int:
    """`settings` are the organisation's: {"retention": {"words": days}}."""
    chosen: int = settings.get(_SETTING, {}).get(kind, DAYS[kind])
    return chosen


def shortened_at(settings: Mapping[str, Any]) -> datetime:
    """When what is kept became older than it was said to be."""
    at = settings.get(_SHORTENED)
    return datetime.fromisoformat(at) if at else datetime.min.replace(tzinfo=UTC)


def period(settings: Mapping[str, Any], kind: Kind) -> timedelta:
    """A case is never gone before its words are."""
    if kind is Kind.CASES:
        return timedelta(days=max(days(settings, kind), days(settings, Kind.WORDS)))
    return timedelta(days=days(settings, kind))


def choose_days(
    session: Session, organisation: Organisation, chosen: Mapping[Kind, int]
) -> dict[Kind, int]:
    """Returns for how many days an organisation, which is locked, keeps what. Raises Refused."""
    if not all(SHORTEST <= number <= LONGEST for number in chosen.values()):
        raise Refused(
            "Choose between {shortest} and {longest} days.", shortest=SHORTEST, longest=LONGEST
        )
    if chosen.get(Kind.AUDIT, LONGEST) < SHORTEST_AUDIT:
        raise Refused("The audit ledger is kept for a year at least.")
    before = {kind: days(organisation.settings, kind) for kind in _ANNOUNCED}
    if any(chosen.get(kind, before[kind]) < before[kind] for kind in _ANNOUNCED):
        shortened = {_SHORTENED: session.now.isoformat()}
        organisation.settings = {**organisation.settings, **shortened}
    if chosen:
        kept = {**organisation.settings.get(_SETTING, {}), **chosen}
        organisation.settings = {**organisation.settings, _SETTING: kept}
        kinds = sorted(chosen)
        audit.record(session, organisation.id, "retention.chosen", kinds=kinds)
    return {kind: period(organisation.settings, kind).days for kind in Kind}
