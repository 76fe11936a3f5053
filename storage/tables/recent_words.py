from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import SERVICE_ONLY, Base, Identified


class RecentWords(Identified, Base):
    """A short message that somebody wrote within the last minutes, or edited: read together with
    the next.
    """

    __tablename__ = "recent_words"
    __table_args__ = (
        Index("ix_recent_words_chat_key_message_id", "chat_key", "message_id"),
        SERVICE_ONLY,
    )

    chat_key: Mapped[bytes]
    message_id: Mapped[int] = mapped_column(BigInteger)
    said_at: Mapped[datetime] = mapped_column(index=True)
    #: Sealed under the epoch key.
    words: Mapped[bytes]
