"""No case, and no request, lies about for ever without a human looking at it again."""

from datetime import timedelta

from sqlalchemy import func, or_, select

from domain.alerts.telling import alert, alert_claimer
from domain.cases.events import happened
from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE, each_by_itself
from domain.privacy.asking import warn_safeguarding
from domain.retention_periods import REVIEWED_EVERY
from storage.batches import at_most
from storage.kinds import CaseEventKind, Severity
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.privacy import Erasure

_MOST = 100
_REASON = "review.due"
_EVERY_DAY = timedelta(days=1)


async def ask_for_reviews(session: Session) -> int:
    """The tick: cases that have been open for 90 days come up again, and every day safeguarding
    hears of deletions that may have been forced. Needs the service's scope.
    """
    return await _review_cases(session) or await _remind_of_forced(session)


async def _review_cases(session: Session) -> int:
    since = func.coalesce(Case.reviewed_at, Case.opened_at)
    found = await session.scalars(
        select(Case)
        .where(UNRESOLVED, since <= session.now - REVIEWED_EVERY)
        .limit(at_most(_MOST))
        .with_for_update(skip_locked=True)
    )
    cases = found.all()
    await each_by_itself(session, cases, _review, _review_soon, "reviews.failed")
    return len(cases)


async def _review(session: Session, case: Case) -> None:
    case.reviewed_at = session.now
    happened(session, case, CaseEventKind.SIGNAL, severity=Severity.NONE, reasons=[_REASON])
    if case.claimed_by is None:
        await alert(session, case)
    else:
        await alert_claimer(session, case)


async def _review_soon(session: Session, case: Case) -> None:
    case.reviewed_at = session.now - REVIEWED_EVERY + LOOK_AGAIN_AT_A_BROKEN_ONE


async def _remind_of_forced(session: Session) -> int:
    long_ago = session.now - _EVERY_DAY
    found = await session.scalars(
        select(Erasure)
        .where(
            Erasure.forced,
            Erasure.not_before > session.now,
            or_(Erasure.told_at.is_(None), Erasure.told_at <= long_ago),
        )
        .limit(at_most(_MOST))
        .with_for_update(skip_locked=True)
    )
    erasures = found.all()
    await each_by_itself(session, erasures, warn_safeguarding, _warn_soon, "warnings.failed")
    return len(erasures)


async def _warn_soon(session: Session, erasure: Erasure) -> None:
    erasure.told_at = session.now - _EVERY_DAY + LOOK_AGAIN_AT_A_BROKEN_ONE
