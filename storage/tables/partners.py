from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import OF_ORGANISATION, SERVICE_ONLY, Base, Identified


class MailPartner(Identified, Base):
    """An organisation that is not on this installation and has a mailbox only."""

    __tablename__ = "mail_partner"
    __table_args__ = (OF_ORGANISATION,)

    #: Who knows it.
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    language: Mapped[str]
    #: Sealed: {"mail": …, "person": …, "telephone": …}. The person is told the codes.
    card: Mapped[bytes]
    added_at: Mapped[datetime]
    #: It is offered nothing more.
    retired_at: Mapped[datetime | None]


class MailLink(Identified, Base):
    """The link in the mail about one referral. It shows nothing but a field for a code."""

    __tablename__ = "mail_link"
    __table_args__ = (
        Index("ix_mail_link_mail_at", "mail_at", postgresql_where="mail_at IS NOT NULL"),
        SERVICE_ONLY,
    )

    referral_id: Mapped[UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), unique=True
    )
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    #: Sealed, until the mail is on its way.
    token: Mapped[bytes | None]
    #: When the mail is tried next.
    mail_at: Mapped[datetime | None]
    mail_tries: Mapped[int] = mapped_column(server_default=text("0"))
    #: The replica that is about to send it: should that die, another does at once.
    taker: Mapped[int | None]
    mailed_at: Mapped[datetime | None]
    #: Of the code that is told on the telephone: a keyed hash, gone once it was used.
    code_hash: Mapped[bytes | None]
    wrong_codes: Mapped[int] = mapped_column(server_default=text("0"))
    #: Of what the opened page answers with, for half an hour; once it did, in another form, which
    #: opens nothing.
    key_hash: Mapped[bytes | None]
    key_until: Mapped[datetime | None]
    #: Who accepted it, as they wrote it, sealed.
    accepted_as: Mapped[bytes | None]
