from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    Select,
    Uuid,
    all_,
    cast,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Mapped, QueryableAttribute, mapped_column

from storage.kinds import ComplaintKind, ConflictKind, Direction, MessageKind, Severity
from storage.tables.base import OF_ORGANISATION, OF_SAFEGUARDING, Base, Identified
from storage.tables.staff import Staff


class Conflict(Identified, Base):
    """Somebody of the staff must see nothing of this person, and not learn why."""

    __tablename__ = "conflict"
    __table_args__ = (
        Index(
            "uq_conflict_standing",
            "staff_id",
            "returnee_id",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
        OF_SAFEGUARDING,
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    kind: Mapped[ConflictKind]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]


class Complaint(Identified, Base):
    """What a person says about staff, or whom they don't want: for safeguarding alone."""

    __tablename__ = "complaint"
    __table_args__ = (
        Index("ix_complaint_next_alert_at", "next_alert_at", postgresql_where="closed_at IS NULL"),
        Index("ix_complaint_listen_by", "listen_by", postgresql_where="listen_by IS NOT NULL"),
        OF_SAFEGUARDING,
    )

    code: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[ComplaintKind]
    severity: Mapped[Severity]
    #: It is about whoever does the safeguarding: an administrator hears it instead.
    past_lead: Mapped[bool]
    #: The worker who passed it on; None where the person said it themselves.
    raised_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    opened_at: Mapped[datetime]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    next_alert_at: Mapped[datetime | None]
    #: When everybody is called for a recording or picture that nobody has heard or seen.
    listen_by: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class ComplaintMessage(Identified, Base):
    """Words of a complaint, of the person or to them."""

    __tablename__ = "complaint_message"
    __table_args__ = (
        Index("ix_complaint_message_complaint_id_number", "complaint_id", "number"),
        Index(
            "ix_complaint_message_outbox_id",
            "outbox_id",
            postgresql_where="outbox_id IS NOT NULL",
        ),
        Index(
            "ix_complaint_message_forget_at",
            "forget_at",
            postgresql_where="forget_at IS NOT NULL",
        ),
        OF_SAFEGUARDING,
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id", ondelete="CASCADE"))
    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    direction: Mapped[Direction]
    kind: Mapped[MessageKind]
    at: Mapped[datetime]
    #: As that of a message in a case, sealed under the person's key.
    body: Mapped[bytes]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: Words to the person travel in this row of the outbox, for as long as it is kept.
    outbox_id: Mapped[UUID | None]
    #: Since when it is known that they will never arrive.
    unreached_at: Mapped[datetime | None]
    #: Of a recording or picture: when a human heard or saw it, and who.
    heard_at: Mapped[datetime | None]
    heard_by: Mapped[UUID | None]
    #: When the way to it is forgotten, since the person does not want it kept.
    forget_at: Mapped[datetime | None]


class Reading(Identified, Base):
    """A look at what nobody has to work on: a closed case, or a person without an open one."""

    __tablename__ = "reading"
    __table_args__ = (
        Index("ix_reading_staff_id_at", "staff_id", "at"),
        Index(
            "ix_reading_to_review",
            "organisation_id",
            "at",
            postgresql_where="reviewed_at IS NULL",
        ),
        OF_ORGANISATION,
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    case_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case.id", ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    #: In the reader's words, sealed under the person's key.
    reason: Mapped[bytes | None]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


def open_complaints(returnee_id: UUID | ColumnElement[UUID] | Mapped[UUID]) -> Select[UUID]:
    """Within a query or by itself: what this person said for safeguarding, and nobody has closed.

    One without words in it yet is nothing that anybody could hear, or close.
    """
    return select(Complaint.id).where(
        Complaint.returnee_id == returnee_id,
        Complaint.closed_at.is_(None),
        exists().where(ComplaintMessage.complaint_id == Complaint.id),
    )


def seen_by(staff_id: UUID, returnee_id: ColumnElement[UUID] | Mapped[UUID]) -> ColumnElement[bool]:
    """Within a query: of people with whom this member of staff has no conflict.

    The database asks the same function in its policies, once for a statement.
    """
    unseen = select(func.wayhome_unseen(staff_id)).scalar_subquery()
    return returnee_id != all_(cast(unseen, ARRAY(Uuid())))


def clear_of(returnee_id: UUID | QueryableAttribute[UUID]) -> ColumnElement[bool]:
    """Within a query of staff: those who may know of this person. Needs the service's scope."""
    return Staff.id.not_in(kept_from(returnee_id))


def kept_from(returnee_id: UUID | QueryableAttribute[UUID]) -> Select[UUID]:
    """Within a query or by itself: the staff who must see nothing of this person."""
    return select(Conflict.staff_id).where(
        Conflict.returnee_id == returnee_id, Conflict.ended_at.is_(None)
    )
