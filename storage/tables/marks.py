from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import Severity
from storage.tables.base import OF_CASE, Base, Identified


class SignalMark(Identified, Base):
    """How grave something really was, as whoever worked on the case found; never its words."""

    __tablename__ = "signal_mark"
    __table_args__ = (
        Index(
            "uq_signal_mark_event_id",
            "event_id",
            unique=True,
            postgresql_where="event_id IS NOT NULL",
        ),
        OF_CASE,
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    #: The signal it is about; None for a cry that the watch did not hear.
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_event.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    language: Mapped[str]
    said: Mapped[Severity]
    meant: Mapped[Severity]
    #: Not written any more, since nobody is told by whom and when: the audit ledger says it. Both
    #: go a version later (decision 0009).
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    marked_at: Mapped[datetime | None]
