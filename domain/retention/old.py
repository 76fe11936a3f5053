"""What has been kept long enough, and of whom it may go."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from domain.campaigns.schedule import ONCE
from domain.referrals.withdrawing import together_in
from domain.retention_periods import REPEATED, WARNED_BEFORE, Kind, period, shortened_at
from storage.kinds import NOT_SENT_YET, CaseState, CheckInState
from storage.sessions import Session
from storage.tables.campaigns import CampaignFigures
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.privacy import Erasure
from storage.tables.referrals import Referral
from storage.tables.returnees import Enrolment, Returnee
from storage.tables.safeguarding import open_complaints

# The first check-in of a month waits for its last, which may be two weeks late and put off by some
# days, and a week more.
_COUNTED_WITHIN = timedelta(days=60)


def old_words(session: Session, organisation: Organisation, *, ahead: bool = False) -> Select[Case]:
    """The cases whose words are."""
    return _closed_cases(session, organisation, Kind.WORDS, ahead=ahead).where(
        Case.words_forgotten_at.is_(None)
    )


def old_cases(session: Session, organisation: Organisation, *, ahead: bool = False) -> Select[Case]:
    return _closed_cases(session, organisation, Kind.CASES, ahead=ahead).where(
        Case.words_forgotten_at.is_not(None), ~_goes_on_elsewhere(session)
    )


def _closed_cases(
    session: Session, organisation: Organisation, kind: Kind, *, ahead: bool
) -> Select[Case]:
    return select(Case).where(
        Case.organisation_id == organisation.id,
        Case.state == CaseState.RESOLVED,
        Case.resolved_at < _cutoff(session, organisation, kind, ahead=ahead),
    )


def old_check_ins(
    session: Session, organisation: Organisation, *, ahead: bool = False
) -> Select[CheckIn]:
    found = select(CheckIn).where(
        CheckIn.organisation_id == organisation.id,
        CheckIn.due_at < _cutoff(session, organisation, Kind.CHECK_INS, ahead=ahead),
        CheckIn.state.not_in(NOT_SENT_YET),
    )
    return found if ahead else found.where(~_is_still_counted(session))


def _is_still_counted(session: Session) -> ColumnElement[bool]:
    """Within a query of check-ins: those of a month, of a campaign that asks everybody after their
    own return, are counted together, and no tally keeps what is gone by then.
    """
    counted = exists().where(
        CampaignFigures.campaign_id == CheckIn.campaign_id, CampaignFigures.step == CheckIn.step
    )
    return and_(
        CheckIn.campaign_id.is_not(None),
        CheckIn.step != ONCE,
        CheckIn.state != CheckInState.SUPERSEDED,
        CheckIn.due_at > session.now - _COUNTED_WITHIN,
        ~counted,
    )


def left_long_ago(
    session: Session, organisation: Organisation, *, ahead: bool = False
) -> Select[Enrolment]:
    """Of those who have not come back since, be it for a while."""
    cutoff = _cutoff(session, organisation, Kind.ENROLMENTS, ahead=ahead)
    again = Enrolment.__table__.alias("again")
    came_back = exists().where(
        again.c.returnee_id == Enrolment.returnee_id,
        again.c.organisation_id == organisation.id,
        or_(again.c.until_at.is_(None), again.c.until_at >= cutoff),
    )
    return select(Enrolment).where(
        Enrolment.organisation_id == organisation.id, Enrolment.until_at < cutoff, ~came_back
    )


def _goes_on_elsewhere(session: Session) -> ColumnElement[bool]:
    """Within a query of cases: others help together with the organisation, and take over on a day
    that is set there; or did so just now, which the person must still be told.
    """
    just_now = Referral.handed_over_at > session.now - WARNED_BEFORE
    return or_(
        exists().where(*together_in(Case)), exists().where(Referral.case_id == Case.id, just_now)
    )


def was_ever_theirs(organisation: Organisation) -> ColumnElement[bool]:
    """Also of whoever left, what is kept goes when it is old enough."""
    return (
        select(Enrolment.id)
        .where(Enrolment.returnee_id == Returnee.id, Enrolment.organisation_id == organisation.id)
        .exists()
    )


def _cutoff(session: Session, organisation: Organisation, kind: Kind, *, ahead: bool) -> datetime:
    """What ended before then goes now; `ahead`, in two weeks."""
    kept = period(organisation.settings, kind)
    return session.now - (kept - WARNED_BEFORE if ahead else kept)


def at_rest() -> tuple[ColumnElement[bool], ...]:
    """Nobody works on anything of this person, and they did not ask for more than this."""
    open_case = (
        select(Case.id).where(Case.returnee_id == Returnee.id, UNRESOLVED).correlate(Returnee)
    )
    asked = select(Erasure.returnee_id).where(Erasure.returnee_id == Returnee.id)
    told = open_complaints(Returnee.id)
    return ~open_case.exists(), ~told.exists(), ~asked.exists()


def was_told(session: Session, organisation: Organisation) -> ColumnElement[bool]:
    """Two weeks ago, by the days that hold now, and not so long ago that it was of other things."""
    told = Returnee.retention_told_at
    return and_(
        told.between(session.now - REPEATED, session.now - WARNED_BEFORE),
        told >= shortened_at(organisation.settings),
    )
