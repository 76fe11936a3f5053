"""Every update from Telegram, kept before it is acknowledged and until it is handled."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import SERVICE_ONLY, Base

# What waits, in the order of arrival, and in that of each chat. Each is an index of its own, and is
# asked for in its own words, for which PostgreSQL has no other: it expects that nobody waits, as
# mostly nobody does, and would read either from end to end (decision 0051).
WAITS = "handled_at IS NULL AND set_aside_at IS NULL AND number > 0"
WAITS_IN_ITS_CHAT = "handled_at IS NULL AND set_aside_at IS NULL AND lane >= ''"


class InboxRow(Base):
    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_waits", "number", postgresql_where=WAITS),
        Index("ix_inbox_waits_in_its_chat", "lane", "number", postgresql_where=WAITS_IN_ITS_CHAT),
        Index("ix_inbox_handled_at", "handled_at", postgresql_where="handled_at IS NOT NULL"),
        Index("ix_inbox_set_aside_at", "set_aside_at", postgresql_where="set_aside_at IS NOT NULL"),
        SERVICE_ONLY,
    )

    #: The order of arrival here, which is the order of handling; never update_id.
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    #: Telegram's number, kept for 48 hours so that a second delivery is known; negative then.
    update_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    #: The look-up hash of the chat: what must stay in order.
    lane: Mapped[bytes]
    #: The update as it came, sealed under the epoch key; gone once it is handled.
    payload: Mapped[bytes | None]
    #: Database time, as the rows below: when it came, or, of a press that may have waited at
    #: Telegram, since when.
    arrived_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    #: Distress was looked for, and what was found is committed.
    watched_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    #: How often it was taken up again after a replica had died, and not finished.
    deaths: Mapped[int] = mapped_column(server_default=text("0"))
    retry_at: Mapped[datetime | None]
    #: Its handler failed every time; it no longer holds up the chat.
    set_aside_at: Mapped[datetime | None]
    #: What the last try ended in: a kind of error and a place in the code.
    error: Mapped[str | None]
