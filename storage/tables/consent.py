from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import How, Purpose, Renewing
from storage.tables.base import OF_RETURNEE, PUBLIC, Base, Identified
from storage.tables.returnees import Returnee


class Consent(Identified, Base):
    """A line of the consent ledger: only ever added."""

    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_returnee_purpose", "returnee_id", "purpose", "given_at"),
        OF_RETURNEE,
    )

    returnee_id: Mapped[UUID] = mapped_column(ForeignKey(Returnee.id, ondelete="CASCADE"))
    purpose: Mapped[Purpose]
    granted: Mapped[bool]
    #: Which text they read, and in which language.
    notice_version: Mapped[str]
    language: Mapped[str]
    given_at: Mapped[datetime]
    how: Mapped[How | None]
    #: Exactly what stood before them: the id of a NoticeText.
    text_id: Mapped[str | None]
    #: The organisation with which something may be shared, for that purpose.
    partner_id: Mapped[UUID | None]
    #: Given before the journey's end, and so to be asked again.
    provisional: Mapped[bool] = mapped_column(server_default=text("false"))


class NoticeText(Base):
    """What people had before them when they said yes or no, word for word. About nobody."""

    __tablename__ = "notice_text"
    __table_args__ = (PUBLIC,)

    #: Its SHA-256, so that it proves itself.
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    language: Mapped[str]
    words: Mapped[str]
    first_shown_at: Mapped[datetime]


class Renewal(Base):
    """Somebody is to be asked anew what they agree to, and then has 30 days to answer."""

    __tablename__ = "renewal"
    __table_args__ = (
        Index("ix_renewal_look_at", "look_at"),
        Index("ix_renewal_outbox_id", "outbox_id", postgresql_where="outbox_id IS NOT NULL"),
        OF_RETURNEE,
    )

    returnee_id: Mapped[UUID] = mapped_column(
        ForeignKey(Returnee.id, ondelete="CASCADE"), primary_key=True
    )
    reason: Mapped[Renewing]
    #: Answers from before then no longer settle anything.
    since: Mapped[datetime]
    #: When the question was first put on its way; then when it was on their phone, which begins
    #: their time.
    asked_at: Mapped[datetime | None]
    #: The question while it is not known to be there.
    outbox_id: Mapped[UUID | None]
    #: When to try to ask, or to take silence for a no. Before their time is over: to ask once more;
    #: and later than that once they were.
    look_at: Mapped[datetime]
