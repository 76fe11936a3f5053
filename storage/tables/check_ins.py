from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import CheckInState
from storage.tables.base import OF_ORGANISATION, Base, Identified


class CheckIn(Identified, Base):
    """One person's one check-in of one campaign or pathway: planned ahead, and never without an
    outcome.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("returnee_id", "campaign_id", "step", "version"),
        Index(
            "uq_check_in_pathway",
            "returnee_id",
            "organisation_id",
            "pathway",
            "step",
            "version",
            unique=True,
            postgresql_where="pathway IS NOT NULL",
        ),
        Index(
            "ix_check_in_due",
            "due_at",
            postgresql_where="state IN ('planned', 'held')",
        ),
        Index("ix_check_in_organisation_id_due_at", "organisation_id", "due_at"),
        Index("ix_check_in_silent", "silent_at", postgresql_where="state IN ('sent', 'started')"),
        Index("ix_check_in_missed", "silent_at", postgresql_where="state = 'silent'"),
        Index(
            "ix_check_in_missed_by_us",
            "organisation_id",
            "due_at",
            postgresql_where="state = 'missed-by-us'",
        ),
        OF_ORGANISATION,
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    returnee_id: Mapped[UUID] = mapped_column(ForeignKey("returnee.id", ondelete="CASCADE"))
    campaign_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), index=True
    )
    #: The key of the pathway that asks it, where no campaign does.
    pathway: Mapped[str | None]
    step: Mapped[str] = mapped_column(server_default="once")
    version: Mapped[int]
    #: The edition of a questionnaire, by which domain/questionnaires/shelf.py finds it.
    questionnaire: Mapped[str]
    state: Mapped[CheckInState]
    #: Why it is held, failed or skipped: a code.
    reason: Mapped[str | None]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: When its pathway wants it asked; what holds it back moves only due_at.
    planned_for: Mapped[datetime | None]
    #: Of their pathway, as a group names it, when they were asked; "" for none.
    stage: Mapped[str | None]
    #: Only Telegram's confirmation sets it, and only then the silence clock starts (P3).
    sent_at: Mapped[datetime | None]
    #: When it is dealt with that no answer came, or, of what somebody began unasked, none any more.
    silent_at: Mapped[datetime | None]
    #: When it was seen to that they are asked a second time, and no third: after their silence, or
    #: since the first prompt went off their phone.
    second_prompt_at: Mapped[datetime | None]
    #: When the person put it off, until they are asked again.
    put_off_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    #: The question that was shown last.
    asked: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class Answer(Identified, Base):
    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("check_in_id", "question"),
        Index("ix_answer_returnee_id_at", "returnee_id", "at"),
        OF_ORGANISATION,
    )

    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_in.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    returnee_id: Mapped[UUID] = mapped_column(ForeignKey("returnee.id", ondelete="CASCADE"))
    question: Mapped[str]
    #: The choice, sealed under the person's key; a skipped question has one too.
    body: Mapped[bytes]
    at: Mapped[datetime]
