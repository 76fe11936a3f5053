"""Writing a line into the audit ledger."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, String, literal_column, select

from domain.actors import Actor, By
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.audit import AuditEntry

CASE_READ = "case.read"
#: A page that stays open looks anew each minute: for so long that is the same reading.
ONE_READING = timedelta(minutes=10)
# Part of the statement, so that it is planned once (docs/decisions/0041).
_SO_LONG = literal_column(f"interval '{ONE_READING.seconds} seconds'", Interval())
_READ = literal_column(f"'{CASE_READ}'", String())


def record(
    session: Session,
    organisation_id: UUID,
    action: str,
    *,
    staff_id: UUID | None = None,
    subject: UUID | None = None,
    **detail: Any,
) -> None:
    """A line in the audit ledger, in the same transaction as what it tells of.

    `action` is a code such as "case.claimed"; `detail` holds codes and counts, never words.
    """
    session.add(
        AuditEntry(
            organisation_id=organisation_id,
            at=session.now,
            staff_id=staff_id,
            action=action,
            subject=subject,
            detail=detail,
        )
    )


def done_by(
    session: Session, actor: By, action: str, subject: UUID | None = None, **detail: Any
) -> None:
    """As `record`, for what somebody did for their own organisation."""
    organisation_id = actor.organisation_id
    record(session, organisation_id, action, staff_id=actor.staff_id, subject=subject, **detail)


async def case_read_by(session: Session, actor: Actor, case_id: UUID) -> None:
    """That somebody reads a case, now and for ONE_READING from now."""
    reads_it_still = (
        select(AuditEntry.number)
        .where(
            AuditEntry.organisation_id == actor.organisation_id,
            AuditEntry.at > session.due - _SO_LONG,
            AuditEntry.action == _READ,
            AuditEntry.staff_id == actor.staff_id,
            AuditEntry.subject == case_id,
        )
        .limit(at_most(1))
    )
    if await session.scalar(reads_it_still) is None:
        done_by(session, actor, CASE_READ, case_id)
