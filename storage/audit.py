from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import OF_ORGANISATION, Base


class AuditEntry(Base):
    """Who did or read what. The application may add rows and read them, nothing else."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_organisation_id_at", "organisation_id", "at"),
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
