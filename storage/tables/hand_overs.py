from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import HandOverState
from storage.tables.base import OF_ORGANISATION, Base, Identified

_OPEN = "state = 'offered'"


class HandOver(Identified, Base):
    """One colleague offers a case to another, and has it until that one accepts."""

    __tablename__ = "hand_over"
    __table_args__ = (
        Index("uq_hand_over_open", "case_id", unique=True, postgresql_where=_OPEN),
        Index("ix_hand_over_to_id", "to_id", postgresql_where=_OPEN),
        OF_ORGANISATION,
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    from_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    state: Mapped[HandOverState]
    offered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
