from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import Severity
from storage.tables.base import OF_CASE, Base, Identified


class Wait(Identified, Base):
    """A time that somebody waited for a human to try to reach them; each deadline begins one."""

    __tablename__ = "wait"
    __table_args__ = (
        Index("ix_wait_organisation_id_began_at", "organisation_id", "began_at"),
        Index(
            "ix_wait_organisation_id_closed_at",
            "organisation_id",
            "closed_at",
            postgresql_where="closed_at IS NOT NULL",
        ),
        OF_CASE,
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    severity: Mapped[Severity]
    began_at: Mapped[datetime]
    #: As it was promised then.
    due_at: Mapped[datetime]
    #: When a human acted, of a wait that is over; while it may still be taken back, the case alone
    #: says so.
    acted_at: Mapped[datetime | None]
    #: When the case was closed.
    closed_at: Mapped[datetime | None]
