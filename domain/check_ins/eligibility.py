"""Who is asked check-ins at all."""

from enum import StrEnum

from domain.children.known import is_child_in_confidence, is_known_child
from storage.tables.returnees import Enrolment, Returnee


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
    #: It comes so many days after a return of which nobody knows.
    NOT_ARRIVED = "not-arrived"
    #: The same of a departure.
    NO_DEPARTURE = "no-departure"
    #: It would have been their turn before the campaign began.
    BEFORE_IT = "before-it"
    ADULTS_ONLY = "adults-only"
    #: It is not there in their language, and nobody translates a questionnaire on the way.
    NO_TEXT = "no-validated-text"
    #: Whoever enrolled somebody does not learn what that person agreed to.
    NOT_SHOWN = "not-shown"


def unfit(
    returnee: Returnee, enrolment: Enrolment | None, *, protected: bool, consents: bool
) -> Exclusion | None:
    """Why this person is asked no check-ins by this organisation; None if they may be."""
    if enrolment is None:
        return Exclusion.LEFT
    return not_asked(
        child=is_known_child(returnee),
        protected=protected,
        invited=enrolment.invite_id is not None,
        consents=consents and not is_child_in_confidence(returnee),
    )


def not_asked(*, child: bool, protected: bool, invited: bool, consents: bool) -> Exclusion | None:
    """Why somebody who is enrolled is asked none; None if they may be.

    A child is `protected` by a named worker and a recorded decision (rules, section 3).
    """
    if not invited:
        return Exclusion.NO_INVITE
    if child and not protected:
        return Exclusion.CHILD
    return None if consents else Exclusion.NO_CONSENT
