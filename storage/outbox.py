"""Everything on its way to a phone. Nothing else talks to Telegram."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import OF_ORGANISATION, SERVICE_ONLY, Base, Identified
from storage.kinds import NoticeClass, OutboxState


class OutboxRow(Identified, Base):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_lane_waiting", "lane", "number", postgresql_where="state = 'waiting'"),
        Index("ix_outbox_waiting", "priority", "number", postgresql_where="state = 'waiting'"),
        Index("ix_outbox_finished_at", "finished_at", postgresql_where="finished_at IS NOT NULL"),
        OF_ORGANISATION,
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    #: Who may see that it is on its way; None for what only the service sends.
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    lane: Mapped[bytes]
    #: The chat, and what to say there: {"notice": …, "params": {…}} or a window, sealed.
    chat: Mapped[bytes]
    content: Mapped[bytes | None]
    notice_class: Mapped[NoticeClass]
    #: 0 urgent, 5 a reply, 9 routine: between chats only.
    priority: Mapped[int]
    state: Mapped[OutboxState]
    returnee_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("returnee.id", ondelete="CASCADE"), index=True
    )
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    check_in_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("check_in.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    #: On the rules' clock.
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    #: Why it waits for not_before, where a rule holds it: a code.
    held: Mapped[str | None]
    #: On the database's clock: another worker may take it after that.
    leased_until: Mapped[datetime | None]
    #: Counts the takers; a write-back with an older number comes too late and changes nothing.
    fence: Mapped[int] = mapped_column(server_default=text("0"))
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
    finished_at: Mapped[datetime | None]
    #: Telegram's number of the message, once it is sent; negative stand-ins name it before.
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    stand_in: Mapped[int | None] = mapped_column(BigInteger, unique=True)


class OutboxLane(Base):
    """When a chat may be written to next: Telegram allows about one message a second."""

    __tablename__ = "outbox_lane"
    __table_args__ = (SERVICE_ONLY,)

    lane: Mapped[bytes] = mapped_column(primary_key=True)
    open_at: Mapped[datetime]
