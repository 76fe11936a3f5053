from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, exists, or_, select, text
from sqlalchemy.orm import Mapped, aliased, mapped_column

from storage.kinds import CaseState
from storage.tables.base import OF_ORGANISATION, OF_RETURNEE, Base
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


class NextErasure(Base):
    """Staff passed on that this organisation's part is to go, while something else that was asked
    about the person waits: then its turn comes. No other organisation sees it.
    """

    __tablename__ = "next_erasure"
    __table_args__ = (OF_ORGANISATION,)

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


def is_of(
    organisation_id: UUID | Mapped[UUID], erasure: type[Erasure] = Erasure
) -> ColumnElement[bool]:
    """Within a query of erasures: that organisation's part goes, alone or with everything else."""
    return or_(erasure.organisation_id.is_(None), erasure.organisation_id == organisation_id)


def was_let_go(
    returnee_id: ColumnElement[UUID] | Mapped[UUID] | Mapped[UUID | None],
) -> ColumnElement[bool]:
    """Within a query: this person was taken off their phone, to be forgotten."""
    return exists().where(Erasure.returnee_id == returnee_id, Erasure.chat.is_not(None))


def passed_on(
    organisation_id: UUID | Mapped[UUID],
    returnee_id: ColumnElement[UUID] | Mapped[UUID],
    by: UUID | None = None,
) -> ColumnElement[bool]:
    """Within a query: staff passed on that this person is to be forgotten there; `by`: this one of
    them did.
    """
    first, then = aliased(Erasure), aliased(NextErasure)
    now = select(first.returnee_id).where(
        first.returnee_id == returnee_id, is_of(organisation_id, first)
    )
    in_its_turn = select(then.returnee_id).where(
        then.returnee_id == returnee_id, then.organisation_id == organisation_id
    )
    if by is None:
        now = now.where(first.asked_by.is_not(None))
    else:
        now, in_its_turn = now.where(first.asked_by == by), in_its_turn.where(then.asked_by == by)
    return now.exists() | in_its_turn.exists()


def gone_for_the_team(
    organisation_id: UUID | Mapped[UUID], returnee_id: ColumnElement[UUID] | Mapped[UUID]
) -> ColumnElement[bool]:
    """Within a query: staff passed on that this person is to be forgotten there, and nobody has to
    work on anything of theirs. However long safeguarding keeps them, the team sees no difference.
    """
    still = aliased(Case)
    open_case = select(still.id).where(
        still.returnee_id == returnee_id, still.state != CaseState.RESOLVED
    )
    return passed_on(organisation_id, returnee_id) & ~open_case.exists()
