"""Somebody asks to be forgotten: what happens at once, and what may still change (P6).

docs/decisions/0013-being-forgotten.md says why. What becomes of their phone is in letting_go.py,
what is done afterwards in erasing.py.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import QueryableAttribute

from domain import audit
from domain.alerts.telling import alert_claimer
from domain.cases.events import happened
from domain.channels.reaching import reach_staff
from domain.notices import Notice, tell
from domain.privacy.letting_go import let_go
from domain.privacy.unsent import ASKED, hold_no_words
from domain.retention_periods import TAKEN_BACK_WITHIN
from domain.returnees.enrolments import (
    begin_anew,
    current_enrolments,
    organisation_of,
    organisations_keeping,
)
from domain.staff.colleagues import with_first_role
from storage.kinds import CaseEventKind, Discretion, Identity, NoticeClass, Role, Severity
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure, NextErasure
from storage.tables.returnees import Returnee

# While one of these is open, a human comes first.
_GRAVE = (Severity.URGENT, Severity.EMERGENCY)
_FORCED = "erasure.forced"
# Whoever an organisation has first of these is warned of it.
_WARNED = (Role.SAFEGUARDING, Role.SUPERVISOR, Role.ADMIN)


async def ask_to_be_forgotten(session: Session, returnee: Returnee) -> Erasure:
    """The person's own word, or that of whoever holds their phone. Asked again, it is said again.

    Nothing more is sent and nothing read from now on, except that a human looks after an open cry
    for help first. Needs the service's scope.
    """
    asked = await asked_before(session, returnee)
    if asked is not None and asked.organisation_id is None:
        await _say_again(session, returnee, asked)
        return asked
    erasure = await _write_down(session, returnee, asked, forced=_may_be_forced(returnee))
    case = await cry_of(session, returnee)
    if case is None:
        await let_go(session, returnee, erasure, asked_just_now=True)
    else:
        await _wait_for(session, case, returnee, forced=erasure.forced)
    return erasure


async def ask_as_a_stray_did(session: Session, stray: Returnee, returnee: Returnee) -> None:
    """Somebody asked from a phone, and waits for a human to help them first; now it turns out to be
    this person's. All of theirs is to go, as if it was asked by a phone whose holder is in doubt.

    What staff passed on was about whom they knew there. Needs the service's scope.
    """
    there, asked = await asked_before(session, stray), await asked_before(session, returnee)
    is_asked_already = asked is not None and asked.organisation_id is None
    if there is not None and there.organisation_id is None and not is_asked_already:
        await _write_down(session, returnee, asked, forced=True)
        await hold_no_words(session, returnee, OutboxRow.notice_class == NoticeClass.HUMAN)


async def _write_down(
    session: Session, returnee: Returnee, asked: Erasure | None, *, forced: bool
) -> Erasure:
    """`asked`: one organisation's part was to go already."""
    if asked is not None:
        await _put_behind(session, asked)
    erasure = Erasure(
        returnee_id=returnee.id,
        asked_at=session.now,
        not_before=session.now + (TAKEN_BACK_WITHIN if forced else timedelta()),
        forced=forced,
    )
    session.add(erasure)
    await session.flush()
    if forced:
        # Where nobody accompanied them any more, nobody could speak with them, nor take it back.
        await begin_anew(session, returnee, await organisation_of(session, returnee))
    for here in (await session.scalars(organisations_keeping(returnee.id))).all():
        audit.record(session, here, "erasure.asked", subject=returnee.id, forced=forced)
    if forced:
        returnee.identity = Identity.DOUBTED
        await warn_safeguarding(session, erasure)
    return erasure


async def _put_behind(session: Session, asked: Erasure) -> None:
    """One organisation's part was to go: what the person says concerns everything. What staff
    passed on counts again should that be taken back, and to whoever did it they stay gone.
    """
    if asked.asked_by is not None:
        session.add(
            NextErasure(
                returnee_id=asked.returnee_id,
                organisation_id=asked.organisation_id,
                asked_at=asked.asked_at,
                asked_by=asked.asked_by,
            )
        )
    await session.delete(asked)
    await session.flush()


async def _say_again(session: Session, returnee: Returnee, asked: Erasure) -> None:
    if asked.asked_by is not None and not _may_be_forced(returnee):
        # Now it is their own word.
        asked.asked_by = None
    if asked.chat is not None:
        return
    case = await cry_of(session, returnee)
    if case is None:
        await let_go(session, returnee, asked, asked_just_now=True)
    else:
        await _say_that_it_waits(session, returnee, case, forced=asked.forced)


async def _wait_for(session: Session, case: Case, returnee: Returnee, *, forced: bool) -> None:
    """A human looks after the cry for help first. What somebody writes to them just now is called
    back with the rest, or refused.
    """
    await session.refresh(case, with_for_update=True)
    reason = _FORCED if forced else ASKED
    happened(session, case, CaseEventKind.SIGNAL, severity=Severity.NONE, reasons=[reason])
    await alert_claimer(session, case)
    if forced:
        await hold_no_words(session, returnee)
    await _say_that_it_waits(session, returnee, case, forced=forced)


async def _say_that_it_waits(
    session: Session, returnee: Returnee, case: Case, *, forced: bool
) -> None:
    """Where somebody else may have asked, the chat is emptied and says no word of a case."""
    if forced:
        await tell(session, returnee, Notice.FORGOTTEN, {"hide": True, "waits": True})
    else:
        await tell(session, returnee, Notice.FORGET_WAITS, case_id=case.id)


async def warn_safeguarding(session: Session, erasure: Erasure) -> None:
    """Somebody may have been forced. The warning says nothing about whom."""
    hours = max((erasure.not_before - session.now) // timedelta(hours=1), 0)
    for enrolment in await current_enrolments(session, erasure.returnee_id):
        here = enrolment.organisation_id
        warned = await with_first_role(session, here, erasure.returnee_id, *_WARNED)
        await reach_staff(session, here, warned, Notice.STAFF_FORGET, {"hours": hours})
    erasure.told_at = session.now


def _may_be_forced(returnee: Returnee) -> bool:
    return (
        returnee.discretion is Discretion.WATCHED
        or returnee.frozen_at is not None
        or returnee.identity is Identity.DOUBTED
    )


async def asked_before(session: Session, returnee: Returnee) -> Erasure | None:
    """Locks the person: of two who ask at once, one comes second."""
    await session.execute(
        select(Returnee.id).where(Returnee.id == returnee.id).with_for_update(key_share=True)
    )
    return await session.get(Erasure, returnee.id)


def is_cry_of(returnee_id: UUID | QueryableAttribute[UUID]) -> ColumnElement[bool]:
    """Within a query of cases: an open cry for help of theirs, and a human comes first."""
    return and_(Case.returnee_id == returnee_id, UNRESOLVED, Case.severity.in_(_GRAVE))


async def cry_of(session: Session, returnee: Returnee) -> Case | None:
    """The cry for help that a human looks after first."""
    return await session.scalar(select(Case).where(is_cry_of(returnee.id)))
