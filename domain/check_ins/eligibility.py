"""Who is asked check-ins at all, and who can be reached in time."""

from datetime import datetime
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
    """Why this person is asked no check-ins by this organisation; None if they may be.

    Children need a named worker and a recorded decision first (rules, section 3).
    """
    if enrolment is None:
        return Exclusion.LEFT
    if enrolment.invite_id is None:
        return Exclusion.NO_INVITE
    if returnee.age_band in (AgeBand.CHILD, AgeBand.YOUTH):
        return Exclusion.CHILD
    return None if consents else Exclusion.NO_CONSENT


def out_of_reach(returnee: Returnee, until: datetime) -> Exclusion | None:
    """Why, as things stand, nothing can be sent to this person by then; None if it can."""
    if returnee.frozen_at is not None:
        return Exclusion.FROZEN
    if returnee.blocked_at is not None:
        return Exclusion.BLOCKED
    if returnee.paused_until is not None and returnee.paused_until >= until:
        return Exclusion.PAUSED
    return None
