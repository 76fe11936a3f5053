from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import Severity
from storage.tables.base import OF_CASE, OF_ORGANISATION, Base, Identified


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


class PastWait(Identified, Base):
    """What is left of a wait once its case is gone: for figures, and of nobody in particular."""

    __tablename__ = "past_wait"
    __table_args__ = (
        Index("ix_past_wait_organisation_id_day", "organisation_id", "day"),
        OF_ORGANISATION,
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    severity: Mapped[Severity]
    #: On which it began, and no closer, by the organisation's clocks of then.
    day: Mapped[date]
    #: Until somebody tried to reach them; None where nobody did.
    seconds: Mapped[int | None]
    in_time: Mapped[bool]
