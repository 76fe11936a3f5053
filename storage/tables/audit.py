from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import OF_ORGANISATION, Base

COMPLAINT_GONE = "complaint.gone"


class AuditEntry(Base):
    """Who did or read what. The application may add rows and read them, nothing else."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_organisation_id_at", "organisation_id", "at"),
        Index(
            "ix_audit_entry_complaint_gone",
            "organisation_id",
            "at",
            postgresql_where=text(f"action = '{COMPLAINT_GONE}'"),
        ),
        OF_ORGANISATION,
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime]
    #: None when the service or the operator acted.
    staff_id: Mapped[UUID | None]
    action: Mapped[str]
    subject: Mapped[UUID | None]
    #: Codes and counts, never words of a person.
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class AuditSeal(Base):
    """What a line of the ledger was when it was sealed, bound to the line before it."""

    __tablename__ = "audit_seal"
    __table_args__ = (UniqueConstraint("organisation_id", "position"), OF_ORGANISATION)

    #: Of the line. No reference: a line that was taken away must still be missed.
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    #: 1 for the organisation's first line.
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]


class AuditAnchor(Base):
    """Where a chain begins, once its beginning was kept long enough: the last seal that went."""

    __tablename__ = "audit_anchor"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    #: Of the line.
    number: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]
    cut_at: Mapped[datetime]
