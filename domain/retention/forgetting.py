"""What has been kept long enough goes by itself: never while work is open, and never unannounced.

Nothing of somebody goes while any case or complaint of theirs is open, nor before they were told
two weeks earlier that it will. Those begin once Telegram has taken it; where nothing can be said to
them, as they don't want to be written to, once we have tried for TOLD_WITHIN.
"""

from collections.abc import Awaitable, Callable
from itertools import groupby, product
from typing import Any

from sqlalchemy import ColumnElement, select, update

from domain import audit
from domain.campaigns.tally import count_and_remove
from domain.cases.topics import take_topic
from domain.one_by_one import each_by_itself
from domain.privacy.erasing import remove_case
from domain.retention.announcing import note_who_was_told, warn
from domain.retention.counted import forget_counted
from domain.retention.old import (
    at_rest,
    left_long_ago,
    old_cases,
    old_check_ins,
    old_words,
    was_told,
)
from domain.retention.shortening import shorten
from domain.retention.strangers import forget_complaint, remove_stranger
from domain.retention_periods import Kind
from domain.returnees.person import lock_if_free
from domain.safety.silence_plan import forget_named
from storage.batches import at_most, delete_chosen
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure
from storage.tables.referrals import Referral
from storage.tables.returnees import Enrolment, Returnee

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


async def _forget_words(session: Session, organisation: Organisation) -> int:
    """What was said, in the staff group's topic as well, and when it came under which number; the
    case itself stays a while longer.
    """
    case = await session.scalar(
        old_words(session, organisation)
        .join(Returnee, Returnee.id == Case.returnee_id)
        .where(was_told(session, organisation), *at_rest())
        .order_by(Case.resolved_at)
        .limit(at_most(1))
        .with_for_update(of=Case, skip_locked=True)
    )
    if case is None:
        return 0
    # As long as there are words, the row in which they left says whether they came.
    if await _are_more(session, Message, Message.case_id == case.id) or await _are_more(
        session, OutboxRow, OutboxRow.case_id == case.id, OutboxRow.finished_at.is_not(None)
    ):
        return 1
    case.words_forgotten_at = session.now
    await take_topic(session, case, forgotten=True)
    await session.execute(
        update(Referral).where(Referral.case_id == case.id).values(letter=None, reason=None)
    )
    _record(session, case.organisation_id, Kind.WORDS, case.id)
    return 1


async def _are_more(
    session: Session, table: type[Message] | type[OutboxRow], *which: ColumnElement[bool]
) -> bool:
    """Than some of these, which go now."""
    some = select(table.id).where(*which).limit(at_most(_MOST_WORDS))
    return await delete_chosen(session, table.id, some) == _MOST_WORDS


async def _forget_case(session: Session, organisation: Organisation) -> int:
    """With the last one, whoever was known by nothing else. The person is locked by then: what they
    agree to, cry for or confide at this moment comes first.
    """
    gone = (
        old_cases(session, organisation)
        .join(Returnee, Returnee.id == Case.returnee_id)
        .where(was_told(session, organisation), *at_rest())
    )
    case = await session.scalar(
        gone.order_by(Case.resolved_at).limit(at_most(1)).with_for_update(of=Case, skip_locked=True)
    )
    if case is None or not await lock_if_free(session, case.returnee_id, key_share=False):
        return 0
    # Asked once more: they may have cried for help just before they were locked.
    if await session.scalar(gone.where(Case.id == case.id)) is None:
        return 0
    _record(session, case.organisation_id, Kind.CASES, case.id)
    await remove_case(session, case)
    await remove_stranger(session, case.returnee_id)
    return 1


async def _forget_check_ins(session: Session, organisation: Organisation) -> int:
    found = await session.scalars(
        old_check_ins(session, organisation)
        .join(Returnee, Returnee.id == CheckIn.returnee_id)
        .where(was_told(session, organisation), *at_rest())
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
        left_long_ago(session, organisation)
        .join(Returnee, Returnee.id == Enrolment.returnee_id)
        .where(was_told(session, organisation), *at_rest())
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


def _record(session: Session, organisation_id: Any, kind: Kind, subject: Any) -> None:
    audit.record(session, organisation_id, f"retention.{kind}", subject=subject)


_STEPS: tuple[_Step, ...] = (
    warn,
    note_who_was_told,
    _forget_words,
    _forget_case,
    forget_complaint,
    _forget_check_ins,
    _forget_those_who_left,
    forget_counted,
    shorten,
)
