from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, exists, or_, select, text
from sqlalchemy.orm import Mapped, aliased, mapped_column

from storage.kinds import CaseState
from storage.tables.base import OF_RETURNEE, Base
from storage.tables.cases import Case


class Erasure(Base):
    """Somebody asked to be forgotten, and it is not done yet. The row goes with the person."""

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_not_before", "not_before"), OF_RETURNEE)

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), primary_key=True
    )
    #: Whose part is to go; None for everything that anybody here keeps of them.
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE")
    )
    asked_at: Mapped[datetime]
    #: Who of staff passed it on; None where the person asked in the chat, or the operator did.
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    #: Nothing is destroyed before, on the rules' clock.
    not_before: Mapped[datetime]
    #: It may have been somebody else with the phone in their hand.
    forced: Mapped[bool] = mapped_column(server_default=text("false"))
    #: The phone that the person was taken off, sealed; None while they are still reached by it.
    chat: Mapped[bytes | None]
    #: When safeguarding was last told of it.
    told_at: Mapped[datetime | None]


def is_of(organisation_id: UUID | Mapped[UUID]) -> ColumnElement[bool]:
    """Within a query of erasures: that organisation's part goes, alone or with everything else."""
    return or_(Erasure.organisation_id.is_(None), Erasure.organisation_id == organisation_id)


def was_let_go(
    returnee_id: ColumnElement[UUID] | Mapped[UUID] | Mapped[UUID | None],
) -> ColumnElement[bool]:
    """Within a query: this person was taken off their phone, to be forgotten."""
    return exists().where(Erasure.returnee_id == returnee_id, Erasure.chat.is_not(None))


def gone_for_the_team(
    organisation_id: UUID | Mapped[UUID], returnee_id: ColumnElement[UUID] | Mapped[UUID]
) -> ColumnElement[bool]:
    """Within a query: staff passed on that this person is to be forgotten there, and nobody has to
    work on anything of theirs. However long safeguarding keeps them, the team sees no difference.
    """
    passed_on = select(Erasure.returnee_id).where(
        Erasure.returnee_id == returnee_id, Erasure.asked_by.is_not(None), is_of(organisation_id)
    )
    still = aliased(Case)
    open_case = select(still.id).where(
        still.returnee_id == returnee_id, still.state != CaseState.RESOLVED
    )
    return passed_on.exists() & ~open_case.exists()
