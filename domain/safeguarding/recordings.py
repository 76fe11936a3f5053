"""Recordings and pictures told in confidence, for safeguarding alone: as in a case, each is urgent
until a human has heard or seen it (P1).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select

from domain.messages.keeping import LISTEN_WITHIN
from domain.messages.sealing import what_opens_of
from storage.batches import at_most
from storage.kinds import UNREADABLE, Severity
from storage.sessions import Session
from storage.tables.safeguarding import Complaint, ComplaintMessage

_BATCH = 100
_HEARD = ComplaintMessage.heard_at.is_not(None)
_UNHEARD = (ComplaintMessage.kind.in_(UNREADABLE), ~_HEARD)


def must_be_heard_by(message: ComplaintMessage) -> datetime | None:
    """None for what anybody can read."""
    return message.at + LISTEN_WITHIN if message.kind in UNREADABLE else None


async def unheard_by(session: Session, complaint_id: UUID) -> datetime | None:
    """When the oldest that nobody has heard must have been heard."""
    oldest = await session.scalar(
        select(func.min(ComplaintMessage.at)).where(
            ComplaintMessage.complaint_id == complaint_id, *_UNHEARD
        )
    )
    return oldest + LISTEN_WITHIN if oldest is not None else None


async def owe_hearing(session: Session, complaint: Complaint) -> None:
    """By when everybody is called again, after one has come or was heard: for the oldest that is
    left, and no sooner than it was put off to where its time was over. It is at least urgent from
    then on.
    """
    oldest = await unheard_by(session, complaint.id)
    complaint.listen_by = max(oldest, complaint.listen_by or oldest) if oldest else None
    if oldest:
        complaint.severity = max(complaint.severity, Severity.URGENT, key=lambda each: each.rank)


async def owe_what_older_releases_kept(session: Session) -> None:
    """Some of what nobody has heard and nobody was to hear by any time: a release before 0086 kept
    it, perhaps beside this one. Where nobody looks after it they are called at once, and no longer
    at the pace of a concern. Needs the service's scope.
    """
    found = await session.scalars(
        select(Complaint)
        .where(
            Complaint.closed_at.is_(None),
            Complaint.listen_by.is_(None),
            exists().where(ComplaintMessage.complaint_id == Complaint.id, *_UNHEARD),
        )
        .limit(at_most(_BATCH))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for complaint in found.all():
        await owe_hearing(session, complaint)
        if complaint.taken_by is None:
            complaint.next_alert_at = session.now


async def hear_anew(
    session: Session, *of: ColumnElement[bool], heard_by: UUID | None = None
) -> None:
    """Whoever heard what is in these complaints may hear no more of it: somebody else has to, and
    nothing of it goes before that. What has gone already was heard.

    `heard_by`: what they alone have heard.
    """
    found = await session.scalars(
        select(Complaint)
        .where(Complaint.closed_at.is_(None), *of)
        .order_by(Complaint.id)
        .with_for_update()
    )
    complaints = {complaint.id: complaint for complaint in found}
    heard = ComplaintMessage.heard_by == heard_by if heard_by else _HEARD
    messages = await session.scalars(
        select(ComplaintMessage)
        .where(ComplaintMessage.complaint_id.in_(complaints), heard)
        .execution_options(populate_existing=True)
    )
    for message in messages:
        if "file_id" in await what_opens_of(session, message):
            message.heard_at = message.heard_by = message.forget_at = None
            complaints[message.complaint_id].listen_by = session.now + LISTEN_WITHIN
