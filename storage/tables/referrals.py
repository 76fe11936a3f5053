from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, bindparam, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import Received, ReferralState
from storage.tables.base import OF_REFERRAL, Base, Identified

#: Nothing is decided yet, or both accompany the person.
UNDER_WAY = (
    ReferralState.ASKED,
    ReferralState.TO_DECIDE,
    ReferralState.OFFERED,
    ReferralState.ACCEPTED,
)
# As PostgreSQL says "state IN (…)".
_UNDER_WAY = "state = ANY (ARRAY['asked', 'to-decide', 'offered', 'accepted'])"


class Referral(Identified, Base):
    """Another organisation is asked to help somebody, and told what a caseworker picked."""

    __tablename__ = "referral"
    __table_args__ = (
        Index("ix_referral_look_at", "look_at", postgresql_where="look_at IS NOT NULL"),
        Index("ix_referral_alert_at", "alert_at", postgresql_where="alert_at IS NOT NULL"),
        # As the two lists are read.
        Index("ix_referral_given", "organisation_id", text(f"({_UNDER_WAY})"), "made_at", "id"),
        Index("ix_referral_received", "partner_id", text(f"({_UNDER_WAY})"), "made_at", "id"),
        OF_REFERRAL,
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    #: Who gives.
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    #: Who is asked to help: an organisation here, or one that has a mailbox only.
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    mail_partner_id: Mapped[UUID | None]
    state: Mapped[ReferralState]
    #: The kinds that travel, as values of Travels.
    fields: Mapped[list[str]]
    #: What travels, sealed under the person's key: domain/referrals/letter.py. It goes with the
    #: words of the case.
    letter: Mapped[bytes | None]
    #: A life may depend on it, and the person was not asked.
    vital: Mapped[bool] = mapped_column(server_default=text("false"))
    #: For how long both accompany the person once it is accepted.
    joint_days: Mapped[int]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    seconded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    offered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None]
    #: Why it was rejected, sealed under the person's key.
    reason: Mapped[bytes | None]
    handed_over_at: Mapped[datetime | None]
    #: As the partner says, and as the person says.
    received: Mapped[Received | None]
    received_by_person: Mapped[Received | None]
    #: The question to the person that was put last; its row in the outbox may be gone.
    question_id: Mapped[UUID | None]
    #: When something is due by itself.
    look_at: Mapped[datetime | None]
    #: When whoever is to answer is told again.
    alert_at: Mapped[datetime | None]
    #: By when whoever is asked now was to answer, as it was reckoned then.
    answer_by: Mapped[datetime | None]

    @classmethod
    def is_under_way(cls) -> ColumnElement[bool]:
        """Word for word as the indexes have it, which can't be used else."""
        return cls.state.in_(
            bindparam("under_way", UNDER_WAY, expanding=True, literal_execute=True)
        )

    @property
    def asks(self) -> UUID:
        """Whoever is asked to help, as the consent ledger names them."""
        partner_id = self.partner_id or self.mail_partner_id
        assert partner_id is not None
        return partner_id
