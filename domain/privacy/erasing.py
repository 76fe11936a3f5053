"""Forgetting somebody, piece by piece: whatever dies meanwhile, the next tick goes on (P6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, true

from domain import audit
from domain.campaigns.tally import count_and_remove
from domain.cases.finding import open_case_of
from domain.cases.topics import take_topic
from domain.casework.closing import finish
from domain.children.deciding import forget_decision
from domain.figures.waits import outlast
from domain.one_by_one import each_by_itself
from domain.privacy.asking import cry_of, is_cry_of
from domain.privacy.letting_go import chat_of_erasure, let_go
from domain.referrals.withdrawing import accompanying_with, leave
from domain.retention_periods import TAKEN_BACK_WITHIN
from domain.returnees.enrolments import organisations_keeping
from domain.returnees.person import lock_if_free
from domain.safeguarding.unheard import write_down_unheard
from domain.signals.opening import open_handed_over
from storage.batches import at_most, delete_chosen
from storage.inbox.failed import forget_set_aside
from storage.kinds import Outcome, Severity
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.check_ins import CheckIn
from storage.tables.every import Base
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure, NextErasure
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Invite, Returnee, WrappedKey
from storage.tables.safeguarding import open_complaints
from storage.wakes import Topic

# Of each kind, within one transaction.
_MOST = 500
_MOST_CHECK_INS = 100
_LOOK_AGAIN = timedelta(minutes=1)
# What an organisation has of somebody, whatever it is. What is on its way to them may be another
# organisation's; the request itself goes last.
_OF_AN_ORGANISATION = tuple(
    table
    for table in reversed(Base.metadata.sorted_tables)
    if {"returnee_id", "organisation_id"} <= set(table.columns.keys())
    and table not in (OutboxRow.__table__, Erasure.__table__)
)


# What is on its way to their phone at this very moment: the chat is emptied once it is there, and
# only its row says that it was.
_IS_LEAVING_NOW = exists().where(
    OutboxRow.returnee_id == Erasure.returnee_id,
    OutboxRow.leased_until > func.clock_timestamp(),
)


@dataclass(frozen=True, slots=True)
class _Part:
    """What is to go: everything of a person, or what one organisation has of them."""

    returnee: Returnee
    organisation_id: UUID | None

    def of(self, table: Any) -> ColumnElement[bool]:
        theirs: ColumnElement[bool] = table.returnee_id == self.returnee.id
        if self.organisation_id is None:
            return theirs
        return and_(theirs, table.organisation_id == self.organisation_id)


async def erase_next(session: Session) -> int:
    """The tick: takes away some of what is kept of the next person who asked to be forgotten.

    Returns 0 once there is nothing left to do. Any number of replicas may call it at once; each
    person is forgotten by one of them. Needs the service's scope.
    """
    await _let_others_follow(session)
    rows = await session.execute(
        select(Erasure, Returnee)
        .join(Returnee, Returnee.id == Erasure.returnee_id)
        .where(
            Erasure.not_before <= session.now,
            ~exists().where(is_cry_of(Erasure.returnee_id)),
            ~_hides_a_complaint(session.now),
            ~_IS_LEAVING_NOW,
        )
        .order_by(Erasure.not_before)
        .limit(at_most(1))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    due = [row[0] for row in rows]
    await each_by_itself(session, due, _erase_some_or_wait, _put_aside, "erasure.failed")
    return len(due)


async def _let_others_follow(session: Session) -> None:
    """Where staff of a further organisation passed it on, and nothing that was asked before waits
    any more, its turn has come.
    """
    found = await session.scalars(
        select(NextErasure)
        .where(~exists().where(Erasure.returnee_id == NextErasure.returnee_id))
        .order_by(NextErasure.asked_at)
        .limit(at_most(_MOST))
        .with_for_update(skip_locked=True)
    )
    await each_by_itself(session, found.all(), _let_follow, _let_wait, "erasure.failed")


async def _let_follow(session: Session, following: NextErasure) -> None:
    """Unless somebody is at it just now, or another one of theirs came first."""
    returnee_id = following.returnee_id
    is_free = await lock_if_free(session, returnee_id)
    if not is_free or await session.get(Erasure, returnee_id) is not None:
        return
    session.add(
        Erasure(
            returnee_id=returnee_id,
            organisation_id=following.organisation_id,
            asked_at=following.asked_at,
            asked_by=following.asked_by,
            not_before=session.now,
        )
    )
    await session.delete(following)
    await session.flush()


async def _let_wait(session: Session, following: NextErasure) -> None:
    """Its turn has come with the next tick as well."""


async def _erase_some_or_wait(session: Session, erasure: Erasure) -> None:
    """Before the person was locked they may have cried for help, or told something in confidence,
    which the tick did not see.
    """
    returnee = await session.get_one(Returnee, erasure.returnee_id)
    this, hides = Erasure.returnee_id == returnee.id, _hides_a_complaint(session.now)
    told = await session.scalar(select(Erasure.returnee_id).where(this, hides))
    if told is None and await cry_of(session, returnee) is None:
        await erase_some(session, erasure)


@dataclass(frozen=True, slots=True)
class Left:
    """Whether anything of a person is left; and the code of the case that must be closed first."""

    anything: bool
    case: str | None = None


async def erase_one(session: Session, returnee_id: UUID) -> Left:
    """The next step of somebody who is to be forgotten now. Needs the service's scope."""
    returnee = await session.get(Returnee, returnee_id, with_for_update=True)
    if returnee is None:
        return Left(anything=False)
    case = await cry_of(session, returnee)
    if case is not None:
        return Left(anything=True, case=case.code)
    return Left(not await erase_some(session, await session.get_one(Erasure, returnee_id)))


def _hides_a_complaint(now: datetime) -> ColumnElement[bool]:
    """Staff passed it on, or wanted it at once, while safeguarding still has something that the
    person said: perhaps it is about them. It waits until that is closed; to the team the person is
    gone meanwhile. Whoever asked by their own phone waits no longer than they would have.
    """
    waits_by_itself = or_(Erasure.chat.is_(None), Erasure.asked_at > now - TAKEN_BACK_WITHIN)
    told = open_complaints(Erasure.returnee_id).exists()
    return and_(Erasure.asked_by.is_not(None), waits_by_itself, told)


async def _put_aside(session: Session, erasure: Erasure) -> None:
    """One who can't be forgotten yet must not keep the others from it."""
    await session.refresh(erasure)
    erasure.not_before = session.now + _LOOK_AGAIN


async def erase_some(session: Session, erasure: Erasure) -> bool:
    """One step. True once it was the last one, and nothing is left of this person."""
    returnee = await session.get_one(Returnee, erasure.returnee_id)
    part = _Part(returnee, await _organisation(session, erasure))
    if part.organisation_id is None and erasure.chat is None:
        await let_go(session, returnee, erasure)
    for take_some in (_take_rows, _take_check_ins, _take_case):
        if await take_some(session, part):
            return False
    if part.organisation_id is None:
        await _take_the_rest(session, returnee, erasure)
    else:
        await _take_enrolments(session, part, erasure)
    session.wakes(Topic.CASES)
    return True


async def _organisation(session: Session, erasure: Erasure) -> UUID | None:
    """An organisation takes away its own part; the person goes with the last one. What staff passed
    on is the person's wish, and waits for none that accompanied them once; what goes by time leaves
    those their own days.
    """
    has_others = exists().where(
        Enrolment.returnee_id == erasure.returnee_id,
        Enrolment.organisation_id != erasure.organisation_id,
        STILL_ENROLLED if erasure.asked_by is not None else true(),
    )
    return erasure.organisation_id if await session.scalar(select(has_others)) else None


async def _take_rows(session: Session, part: _Part) -> bool:
    """What there may be very much of, before what holds it."""
    return await _take(session, Message, part) or await _take(session, OutboxRow, part)


async def _take(session: Session, table: type[Message] | type[OutboxRow], part: _Part) -> bool:
    if table is OutboxRow and part.organisation_id is not None:
        # What is on its way to them may be another organisation's; the case takes its own along.
        return False
    some = (
        select(table.id)
        .where(part.of(table))
        .limit(at_most(_MOST))
        .with_for_update(skip_locked=True)
    )
    return await delete_chosen(session, table.id, some) == _MOST


async def _take_check_ins(session: Session, part: _Part) -> bool:
    found = await session.scalars(
        select(CheckIn).where(part.of(CheckIn)).order_by(CheckIn.id).limit(at_most(_MOST_CHECK_INS))
    )
    check_ins = found.all()
    await count_and_remove(session, check_ins)
    return len(check_ins) == _MOST_CHECK_INS


async def _take_case(session: Session, part: _Part) -> bool:
    """One at a time, with its history, and its topic in the staff group."""
    case = await session.scalar(
        select(Case)
        .where(part.of(Case))
        .order_by(Case.opened_at)
        .limit(at_most(1))
        .with_for_update()
    )
    if case is None:
        return False
    partners = await accompanying_with(session, case) if part.organisation_id else ()
    if partners:
        await _end_open_one(session, part)
    for partner_id in partners:
        # Who waited for the day on which they have them alone has them so now; and as long as this
        # one is there, whether they want to be read is known (P5).
        await open_handed_over(session, part.returnee, partner_id, Severity.CONCERN)
    await remove_case(session, case)
    return True


async def _end_open_one(session: Session, part: _Part) -> None:
    """Their words since it was asked for may have opened one again. It goes on nowhere: whoever has
    them alone from now on begins one of their own (P2).
    """
    still_open = await open_case_of(session, part.returnee.id)
    if still_open is not None and still_open.organisation_id == part.organisation_id:
        await finish(session, still_open, Outcome.REFERRED)
        await session.flush()


async def remove_case(session: Session, case: Case, *, goes_on: bool = False) -> None:
    """With its words, its history and all that is on its way about it; how soon a human acted is
    counted still, but for what `goes_on` in another case, which counts it.
    """
    await take_topic(session, case, forgotten=True)
    await outlast(session, case, goes_on=goes_on)
    await session.execute(
        delete(Case).where(Case.id == case.id).execution_options(synchronize_session=False)
    )


async def _take_enrolments(session: Session, part: _Part, erasure: Erasure) -> None:
    """With them all else that the organisation has, and what it sees of another's case."""
    assert part.organisation_id is not None
    await leave(session, part.returnee.id, part.organisation_id)
    await write_down_unheard(session, part.returnee.id, part.organisation_id)
    # What an earlier release decided for a child stands in a table without an organisation.
    await forget_decision(session, part.returnee.id, part.organisation_id)
    await session.flush()
    came_by = await _invites(session, part.of(Enrolment))
    for table in _OF_AN_ORGANISATION:
        await session.execute(delete(table).where(part.of(table.c)))
    await _take_invites(session, came_by)
    audit.record(session, part.organisation_id, "erasure.done", subject=part.returnee.id)
    await session.delete(erasure)


async def _take_the_rest(session: Session, returnee: Returnee, erasure: Erasure) -> None:
    """The person's key goes last: whatever copy of their words there is, nobody opens it."""
    for organisation_id in (await session.scalars(organisations_keeping(returnee.id))).all():
        audit.record(session, organisation_id, "erasure.done", subject=returnee.id)
    await write_down_unheard(session, returnee.id, None)
    await _forget_what_failed(session, erasure)
    await remove_person(session, returnee)


async def remove_person(session: Session, returnee: Returnee) -> None:
    """All that hangs on their row goes with it; then the key."""
    returnee_id, data_key_id = returnee.id, returnee.data_key_id
    await session.flush()
    came_by = await _invites(session, Enrolment.returnee_id == returnee_id)
    for statement in (
        delete(Returnee).where(Returnee.id == returnee_id),
        delete(WrappedKey).where(WrappedKey.id == data_key_id),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))
    await _take_invites(session, came_by)


async def _invites(session: Session, whose: ColumnElement[bool]) -> Sequence[UUID]:
    """By which they came."""
    found = await session.scalars(
        select(Enrolment.invite_id).where(whose, Enrolment.invite_id.is_not(None)).distinct()
    )
    return [each for each in found if each is not None]


async def _take_invites(session: Session, came_by: Sequence[UUID]) -> None:
    """But for those that went along with a referral: whoever they were referred to keeps them."""
    if came_by:
        is_needed = exists().where(Enrolment.invite_id == Invite.id)
        await session.execute(
            delete(Invite)
            .where(Invite.id.in_(came_by), ~is_needed)
            .execution_options(synchronize_session=False)
        )


async def _forget_what_failed(session: Session, erasure: Erasure) -> None:
    """Words of theirs that no code of ours could handle lie in the inbox still."""
    chat_id = chat_of_erasure(session, erasure)
    if chat_id is not None:
        await forget_set_aside(session, session.keys.look_ups(chat_id, "chat"))
