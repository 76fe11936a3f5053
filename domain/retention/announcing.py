"""Telling people that something old of theirs goes in two weeks, and when they were told."""

from sqlalchemy import Select, and_, case, null, or_, select

from domain.notices import Notice, tell_if_it_gets_there
from domain.one_by_one import each_by_itself
from domain.recovery.quiet import quiet_until
from domain.retention.old import (
    at_rest,
    left_long_ago,
    old_cases,
    old_check_ins,
    old_words,
    was_ever_theirs,
)
from domain.retention_periods import REPEATED, TOLD_WITHIN, shortened_at
from storage.batches import at_most
from storage.kinds import OutboxState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Enrolment, Returnee

# Within one transaction.
_MOST = 100


async def warn(session: Session, organisation: Organisation) -> int:
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


async def note_who_was_told(session: Session, organisation: Organisation) -> int:
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
            was_ever_theirs(organisation),
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
        old_words(session, organisation, ahead=True).where(Case.returnee_id == Returnee.id),
        old_cases(session, organisation, ahead=True).where(Case.returnee_id == Returnee.id),
        old_check_ins(session, organisation, ahead=True).where(CheckIn.returnee_id == Returnee.id),
        left_long_ago(session, organisation, ahead=True).where(
            Enrolment.returnee_id == Returnee.id
        ),
    )
    told, shortened = Returnee.retention_told_at, shortened_at(organisation.settings)
    return select(Returnee).where(
        was_ever_theirs(organisation),
        or_(told.is_(None), told < session.now - REPEATED, told < shortened),
        or_(*(each.exists() for each in old)),
        *at_rest(),
    )
