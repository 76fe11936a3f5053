"""Everything on its way to a phone. Nothing else talks to Telegram."""

from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import NoticeClass, OutboxState
from storage.tables.base import OF_ORGANISATION, SERVICE_ONLY, Base, Identified

# What waits, in the order in which it goes, and in that of each chat: each with an index of its
# own, as in the inbox (decision 0051).
WAITS = "state = 'waiting' AND priority >= 0"
WAITS_IN_ITS_CHAT = "state = 'waiting' AND number > 0"


class OutboxRow(Identified, Base):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waits", "priority", "number", postgresql_where=WAITS),
        Index("ix_outbox_waits_in_its_chat", "lane", "number", postgresql_where=WAITS_IN_ITS_CHAT),
        Index("ix_outbox_held", "not_before", postgresql_where="state = 'held'"),
        Index("ix_outbox_leased", "taker", postgresql_where="leased_until IS NOT NULL"),
        Index(
            "ix_outbox_sameness", "sameness", "created_at", postgresql_where="sameness IS NOT NULL"
        ),
        Index(
            "ix_outbox_to_sweep",
            "finished_at",
            postgresql_where="finished_at IS NOT NULL AND case_id IS NULL",
        ),
        Index("ix_outbox_case_id", "case_id", postgresql_where="case_id IS NOT NULL"),
        OF_ORGANISATION,
    )
    # Nobody asks a row that was just put for the number it got, so many go in one round.
    __mapper_args__ = MappingProxyType({"eager_defaults": False})

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    #: Who may see that it is on its way; None for what only the service sends.
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    lane: Mapped[bytes]
    #: The chat, and what to say there (storage/outbox/contents.py), sealed.
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
    #: When it was asked for, or told by itself.
    created_at: Mapped[datetime]
    #: On the rules' clock: when a held row is judged again.
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    #: Why a rule holds it, or held it last: a code.
    held: Mapped[str | None]
    #: On the database's clock: another worker may take it after that.
    leased_until: Mapped[datetime | None]
    #: The replica that has it: should that die, its rows go to others at once.
    taker: Mapped[int | None]
    #: Counts the takers; a write-back with an older number comes too late and changes nothing.
    fence: Mapped[int] = mapped_column(server_default=text("0"))
    #: How often somebody may have sent it in vain; what Telegram put off was not sent, but for what
    #: takes many calls.
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
    finished_at: Mapped[datetime | None]
    #: Telegram's number of the message, once it is sent; negative stand-ins name it before.
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    stand_in: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    #: A keyed hash of chat and message, where saying the same again soon would be a flood.
    sameness: Mapped[bytes | None]


class OutboxLane(Base):
    """When a chat may be written to next: Telegram allows about one message a second."""

    __tablename__ = "outbox_lane"
    __table_args__ = (SERVICE_ONLY,)

    lane: Mapped[bytes] = mapped_column(primary_key=True)
    #: By our own count of what went there.
    open_at: Mapped[datetime]
    #: By Telegram's word.
    closed_until: Mapped[datetime | None] = mapped_column(index=True)


#: Stands in a row's error while it waits for a release that can word it. Its tries are tries to
#: word it then.
UNWORDED = "unworded"
#: After so many tries in vain, some five minutes, the trouble may be the message's own: it goes on
#: being tried, and lets the others of its chat go first meanwhile.
TRIES_IN_ORDER = 10
IN_VAIN = and_(
    OutboxRow.tries >= TRIES_IN_ORDER,
    OutboxRow.error.is_distinct_from(UNWORDED),
)
STEPPED_ASIDE = and_(OutboxRow.state == OutboxState.HELD, OutboxRow.held.is_(None), IN_VAIN)
