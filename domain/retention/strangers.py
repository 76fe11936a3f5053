"""Whoever was known by their cases and complaints alone is a stranger again once all are gone."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Mapped, aliased

from domain import audit
from domain.figures.periods import OVER
from domain.privacy.erasing import remove_person
from domain.retention.old import at_rest
from domain.retention_periods import Kind, period
from domain.returnees.person import lock_if_free
from storage.batches import at_most
from storage.kinds import Discretion
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.consent import Consent
from storage.tables.organisations import Organisation
from storage.tables.returnees import Enrolment, Returnee, Safety
from storage.tables.safeguarding import Complaint, ComplaintMessage

# By then the sheet of the year counts it.
_COUNTED = timedelta(days=366) + OVER

_CLOSED, _THEMSELVES = aliased(Complaint), aliased(Returnee)
_IS_GUARDED = or_(_THEMSELVES.frozen_at.is_not(None), _THEMSELVES.discretion != Discretion.OPEN)


async def remove_stranger(session: Session, returnee_id: UUID) -> None:
    """If this one, who is locked and at rest, is. A complaint that was begun without a word goes
    along: nobody sees it.
    """
    says_something = exists().where(ComplaintMessage.complaint_id == Complaint.id)
    told = exists().where(Complaint.returnee_id == returnee_id, says_something)
    if not await session.scalar(select(or_(told, _is_known(returnee_id)))):
        await remove_person(session, await session.get_one(Returnee, returnee_id))


async def forget_complaint(session: Session, organisation: Organisation) -> int:
    """The tick's step: of somebody who is known by nothing else, a complaint that was closed as
    long ago as a case that goes; and with their last one the person.
    """
    kept = max(period(organisation.settings, Kind.CASES), _COUNTED)
    gone = (
        select(_CLOSED)
        .join(Returnee, Returnee.id == _CLOSED.returnee_id)
        .where(
            _CLOSED.organisation_id == organisation.id,
            _CLOSED.closed_at < session.now - kept,
            ~_is_known(_CLOSED.returnee_id),
            *at_rest(),
        )
    )
    complaint = await session.scalar(
        gone.order_by(_CLOSED.closed_at)
        .limit(at_most(1))
        .with_for_update(of=_CLOSED, skip_locked=True)
    )
    if complaint is None or not await lock_if_free(session, complaint.returnee_id, key_share=False):
        return 0
    # Asked once more: they may have cried for help just before they were locked.
    if await session.scalar(gone.where(_CLOSED.id == complaint.id)) is None:
        return 0
    audit.record(session, organisation.id, "retention.complaints", subject=complaint.id)
    await session.delete(complaint)
    await session.flush()
    await remove_stranger(session, complaint.returnee_id)
    return 1


def _is_known(returnee_id: UUID | Mapped[UUID]) -> ColumnElement[bool]:
    """By something else than a complaint."""
    return or_(
        exists().where(Case.returnee_id == returnee_id),
        exists().where(Enrolment.returnee_id == returnee_id, Enrolment.invite_id.is_not(None)),
        # Whoever only ever said no asked for nothing to be kept.
        exists().where(Consent.returnee_id == returnee_id, Consent.granted),
        # Only a worker unfreezes, and nobody but they themselves makes their phone less careful.
        exists().where(_THEMSELVES.id == returnee_id, _IS_GUARDED),
        exists().where(Safety.returnee_id == returnee_id, Safety.stop_word.is_not(None)),
    )
