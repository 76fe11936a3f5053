"""Every update from Telegram, kept before it is acknowledged and until it is handled."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import SERVICE_ONLY, Base


class InboxRow(Base):
    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_lane_unhandled",
            "lane",
            "number",
            postgresql_where="handled_at IS NULL AND set_aside_at IS NULL",
        ),
        Index(
            "ix_inbox_unhandled",
            "number",
            postgresql_where="handled_at IS NULL AND set_aside_at IS NULL",
        ),
        Index("ix_inbox_handled_at", "handled_at", postgresql_where="handled_at IS NOT NULL"),
        SERVICE_ONLY,
    )

    #: The order of arrival here, which is the order of handling; never update_id.
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    #: Telegram's number, kept for 48 hours so that a second delivery is known.
    update_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    #: The look-up hash of the chat: what must stay in order.
    lane: Mapped[bytes]
    #: The update as it came, sealed under the epoch key; gone once it is handled.
    payload: Mapped[bytes | None]
    #: Database time, as the rows below.
    arrived_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: Distress was looked for, and what was found is committed.
    watched_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    retry_at: Mapped[datetime | None]
    #: Its handler failed every time; it no longer holds up the chat.
    set_aside_at: Mapped[datetime | None]
