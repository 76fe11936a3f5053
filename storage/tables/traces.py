from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import SERVICE_ONLY, Base, Identified


class Trace(Identified, Base):
    """A message on a person's phone that can still be deleted or, since it changed lately, written
    over; swept before 48 hours.
    """

    __tablename__ = "trace"
    __table_args__ = (
        Index("ix_trace_chat_key_sent_at", "chat_key", "sent_at"),
        Index("ix_trace_sent_at", "sent_at"),
        SERVICE_ONLY,
    )

    chat_key: Mapped[bytes]
    message_id: Mapped[int]
    #: When it went, from where Telegram counts its 48 hours, or changed.
    sent_at: Mapped[datetime]
    #: The person sent it.
    theirs: Mapped[bool] = mapped_column(server_default=text("false"))
    #: A neutral line whose words nobody has opened yet.
    unopened: Mapped[bool] = mapped_column(server_default=text("false"))
