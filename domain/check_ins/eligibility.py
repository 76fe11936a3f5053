"""Who is asked check-ins at all."""

from enum import StrEnum

from storage.kinds import AgeBand
from storage.returnees import Enrolment, Returnee


class Exclusion(StrEnum):
    """Why somebody does not get a check-in."""

    LEFT = "left"
    NO_INVITE = "no-invite"
    WRONG_GROUP = "wrong-group"
    CHILD = "child"
    NO_CONSENT = "no-consent"
    FROZEN = "frozen"
    BLOCKED = "blocked"
    PAUSED = "paused"
    TOO_LATE = "too-late"


def unfit(returnee: Returnee, enrolment: Enrolment | None, consents: bool) -> Exclusion | None:
    """Why this person is asked no check-ins by this organisation; None if they may be."""
    if enrolment is None:
        return Exclusion.LEFT
    return not_asked(returnee.age_band, invited=enrolment.invite_id is not None, consents=consents)


def not_asked(age_band: AgeBand, *, invited: bool, consents: bool) -> Exclusion | None:
    """The same of somebody who is enrolled.

    Children need a named worker and a recorded decision first (rules, section 3).
    """
    if not invited:
        return Exclusion.NO_INVITE
    if age_band in (AgeBand.CHILD, AgeBand.YOUTH):
        return Exclusion.CHILD
    return None if consents else Exclusion.NO_CONSENT
