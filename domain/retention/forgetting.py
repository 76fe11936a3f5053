"""What has been kept long enough goes by itself: never while work is open, and never unannounced.

Nothing of somebody goes while any case or complaint of theirs is open, nor before they were told
two weeks earlier that it will. Those begin once Telegram has taken it; where nothing can be said to
them, as they don't want to be written to, once we have tried for TOLD_WITHIN.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import groupby, product
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, null, or_, select, update

from domain import audit
from domain.campaigns.tally import count_and_remove
from domain.notices import Notice, tell_if_it_gets_there
from domain.one_by_one import each_by_itself
from domain.privacy.erasing import remove_case
from domain.recovery.quiet import quiet_until
from domain.referrals.withdrawing import together_in
from domain.retention.shortening import shorten
from domain.retention_periods import (
    REPEATED,
    TOLD_WITHIN,
    WARNED_BEFORE,
    Kind,
    period,
    shortened_at,
)
from domain.safety.silence_plan import forget_named
from storage.batches import among, at_most
from storage.kinds import NOT_SENT_YET, CaseState, OutboxState
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case, Message
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure
from storage.tables.referrals import Referral
from storage.tables.returnees import Enrolment, Returnee
from storage.tables.safeguarding import open_complaints

# Of each kind, within one transaction.
_MOST = 100
_MOST_WORDS = 500

_Step = Callable[[Session, Organisation], Awaitable[int]]
_Due = tuple[Organisation, _Step]


async def forget_old(session: Session) -> int:
    """The tick: of each kind and organisation some of what has been kept long enough; how much that
    was.

    Call it again until it returns 0. Any number of replicas may call it at once. Needs the
    service's scope.
    """
    organisations = (await session.scalars(select(Organisation).order_by(Organisation.id))).all()
    gone: dict[_Due, int] = {}

    async def forget_some(session: Session, due: _Due) -> None:
        organisation, step = due
        gone[due] = await step(session, organisation)

    async def leave(session: Session, due: _Due) -> None:
        """It is due again with the next tick."""
        gone[due] = 0

    dues = list(product(organisations, _STEPS))
    await each_by_itself(session, dues, forget_some, leave, "retention.failed")
    return sum(gone.values()) + await forget_named(session)


async def _warn(session: Session, organisation: Organisation) -> int:
    """Those of whom something is to go in two weeks. Once for everything that goes soon."""
    if await quiet_until(session) is not None:
        return 0
    found = await session.scalars(
        _of_whom_something_goes_soon(session, organisation)
        .limit(at_most(_MOST))
        .with_for_update(of=Returnee, key_share=True, skip_locked=True)
    )
    told_now: set[Returnee] = set()

    async def tell_one(session: Session, returnee: Returnee) -> None:
        until = session.now + TOLD_WITHIN
        goes = await tell_if_it_gets_there(
            session, returnee, Notice.RETENTION, {}, expires_at=until
        )
        returnee.retention_told_at = until if goes else session.now
        told_now.add(returnee)

    async def leave(session: Session, returnee: Returnee) -> None:
        """Nothing of theirs goes while they can't be told."""
        told_now.discard(returnee)

    await each_by_itself(session, found.all(), tell_one, leave, "retention.failed")
    return len(told_now)


async def _note_who_was_told(session: Session, organisation: Organisation) -> int:
    """Until it has come to somebody, or never will, they count as told when its time is over. Where
    it was called back with all else that waited for them, they are told anew.
    """
    it_is_that = and_(
        OutboxRow.returnee_id == Returnee.id, OutboxRow.expires_at == Returnee.retention_told_at
    )
    called_back = and_(
        OutboxRow.state == OutboxState.CANCELLED, OutboxRow.finished_at < OutboxRow.expires_at
    )
    found = await session.execute(
        select(Returnee, case((called_back, null()), else_=OutboxRow.finished_at))
        .join(OutboxRow, it_is_that)
        .where(
            _was_ever_theirs(organisation),
            Returnee.retention_told_at > session.now,
            OutboxRow.finished_at.is_not(None),
        )
        .limit(at_most(_MOST))
        .with_for_update(of=Returnee, key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    ended = found.all()
    for returnee, at in ended:
        returnee.retention_told_at = at
    return len(ended)


def _of_whom_something_goes_soon(session: Session, organisation: Organisation) -> Select[Returnee]:
    """Who has not been told of it, or not since that became sooner."""
    old = (
        _old_words(session, organisation, ahead=True).where(Case.returnee_id == Returnee.id),
        _old_cases(session, organisation, ahead=True).where(Case.returnee_id == Returnee.id),
        _old_check_ins(session, organisation, ahead=True).where(CheckIn.returnee_id == Returnee.id),
        _left_long_ago(session, organisation, ahead=True).where(
            Enrolment.returnee_id == Returnee.id
        ),
    )
    told, shortened = Returnee.retention_told_at, shortened_at(organisation.settings)
    return select(Returnee).where(
        _was_ever_theirs(organisation),
        or_(told.is_(None), told < session.now - REPEATED, told < shortened),
        or_(*(each.exists() for each in old)),
        *_at_rest(),
    )


async def _forget_words(session: Session, organisation: Organisation) -> int:
    """What was said; the case itself stays a while longer."""
    case = await session.scalar(
        _old_words(session, organisation)
        .join(Returnee, Returnee.id == Case.returnee_id)
        .where(_was_told(session, organisation), *_at_rest())
        .order_by(Case.resolved_at)
        .limit(at_most(1))
        .with_for_update(of=Case, skip_locked=True)
    )
    if case is None:
        return 0
    some = select(Message.id).where(Message.case_id == case.id).limit(at_most(_MOST_WORDS))
    gone = await session.scalars(
        delete(Message)
        .where(among(Message.id, some))
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    if len(gone.all()) < _MOST_WORDS:
        case.words_forgotten_at = session.now
        await session.execute(
            update(Referral).where(Referral.case_id == case.id).values(letter=None, reason=None)
        )
        _record(session, case.organisation_id, Kind.WORDS, case.id)
    return 1


async def _forget_case(session: Session, organisation: Organisation) -> int:
    case = await session.scalar(
        _old_cases(session, organisation)
        .join(Returnee, Returnee.id == Case.returnee_id)
        .where(_was_told(session, organisation), *_at_rest())
        .order_by(Case.resolved_at)
        .limit(at_most(1))
        .with_for_update(of=Case, skip_locked=True)
    )
    if case is None:
        return 0
    _record(session, case.organisation_id, Kind.CASES, case.id)
    await remove_case(session, case)
    return 1


def _goes_on_elsewhere(session: Session) -> ColumnElement[bool]:
    """Within a query of cases: others help together with the organisation, and take over on a day
    that is set there; or did so just now, which the person must still be told.
    """
    just_now = Referral.handed_over_at > session.now - WARNED_BEFORE
    return or_(
        exists().where(*together_in(Case)), exists().where(Referral.case_id == Case.id, just_now)
    )


async def _forget_check_ins(session: Session, organisation: Organisation) -> int:
    found = await session.scalars(
        _old_check_ins(session, organisation)
        .join(Returnee, Returnee.id == CheckIn.returnee_id)
        .where(_was_told(session, organisation), *_at_rest())
        .order_by(CheckIn.due_at)
        .limit(at_most(_MOST))
        .with_for_update(of=CheckIn, skip_locked=True)
    )
    check_ins = sorted(found, key=lambda each: each.returnee_id)
    for _, theirs in groupby(check_ins, key=lambda each: each.returnee_id):
        await count_and_remove(session, theirs)
    if check_ins:
        audit.record(session, organisation.id, "retention.check-ins", count=len(check_ins))
    return len(check_ins)


async def _forget_those_who_left(session: Session, organisation: Organisation) -> int:
    """All that the organisation has of them: asked for like any other deletion."""
    gone = (
        _left_long_ago(session, organisation)
        .join(Returnee, Returnee.id == Enrolment.returnee_id)
        .where(_was_told(session, organisation), *_at_rest())
    )
    found = await session.scalars(
        gone.limit(at_most(_MOST)).with_for_update(
            of=[Enrolment, Returnee], key_share=True, skip_locked=True
        )
    )
    locked = [enrolment.id for enrolment in found]
    # Asked once more: they may have come back, or cried for help, just before they were locked.
    still = await session.scalars(gone.where(Enrolment.id.in_(locked)))
    left = {enrolment.returnee_id for enrolment in still}
    for returnee_id in sorted(left):
        erasure = Erasure(
            returnee_id=returnee_id,
            organisation_id=organisation.id,
            asked_at=session.now,
            not_before=session.now,
        )
        session.add(erasure)
        _record(session, organisation.id, Kind.ENROLMENTS, returnee_id)
    return len(left)


def _was_ever_theirs(organisation: Organisation) -> ColumnElement[bool]:
    """Also of whoever left, what is kept goes when it is old enough."""
    return (
        select(Enrolment.id)
        .where(Enrolment.returnee_id == Returnee.id, Enrolment.organisation_id == organisation.id)
        .exists()
    )


def _old_words(
    session: Session, organisation: Organisation, *, ahead: bool = False
) -> Select[Case]:
    """The cases whose words are."""
    return _closed_cases(session, organisation, Kind.WORDS, ahead=ahead).where(
        Case.words_forgotten_at.is_(None)
    )


def _old_cases(
    session: Session, organisation: Organisation, *, ahead: bool = False
) -> Select[Case]:
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


def _old_check_ins(
    session: Session, organisation: Organisation, *, ahead: bool = False
) -> Select[CheckIn]:
    return select(CheckIn).where(
        CheckIn.organisation_id == organisation.id,
        CheckIn.due_at < _cutoff(session, organisation, Kind.CHECK_INS, ahead=ahead),
        CheckIn.state.not_in(NOT_SENT_YET),
    )


def _left_long_ago(
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


def _cutoff(session: Session, organisation: Organisation, kind: Kind, *, ahead: bool) -> datetime:
    """What ended before then goes now; `ahead`, in two weeks."""
    kept = period(organisation.settings, kind)
    return session.now - (kept - WARNED_BEFORE if ahead else kept)


def _at_rest() -> tuple[ColumnElement[bool], ...]:
    """Nobody works on anything of this person, and they did not ask for more than this."""
    open_case = (
        select(Case.id).where(Case.returnee_id == Returnee.id, UNRESOLVED).correlate(Returnee)
    )
    asked = select(Erasure.returnee_id).where(Erasure.returnee_id == Returnee.id)
    told = open_complaints(Returnee.id)
    return ~open_case.exists(), ~told.exists(), ~asked.exists()


def _was_told(session: Session, organisation: Organisation) -> ColumnElement[bool]:
    """Two weeks ago, and by the days that hold now."""
    told = Returnee.retention_told_at
    return and_(told <= session.now - WARNED_BEFORE, told >= shortened_at(organisation.settings))


def _record(session: Session, organisation_id: Any, kind: Kind, subject: Any) -> None:
    audit.record(session, organisation_id, f"retention.{kind}", subject=subject)


_STEPS: tuple[_Step, ...] = (
    _warn,
    _note_who_was_told,
    _forget_words,
    _forget_case,
    _forget_check_ins,
    _forget_those_who_left,
    shorten,
)
