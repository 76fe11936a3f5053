"""Where staff are called besides Telegram and the console."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import OF_ORGANISATION, Base, Identified


class AlertChannel(Identified, Base):
    """An address that Apprise knows: somebody's own, or the whole organisation's."""

    __tablename__ = "alert_channel"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), index=True
    )
    #: Such as mailto; the address is sealed under the epoch key.
    scheme: Mapped[str]
    address: Mapped[bytes]
    created_at: Mapped[datetime]
    worked_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    #: When others were told that it fails.
    told_at: Mapped[datetime | None]


class ChannelCall(Identified, Base):
    """Something on its way through a channel; gone once it arrived, or is given up."""

    __tablename__ = "channel_call"
    __table_args__ = (OF_ORGANISATION,)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    channel_id: Mapped[UUID] = mapped_column(
        ForeignKey("alert_channel.id", ondelete="CASCADE"), index=True
    )
    #: Whether anybody may still hear of that case is judged as it goes; once it is forgotten,
    #: nobody may.
    of_case: Mapped[UUID | None]
    notice: Mapped[str]
    params: Mapped[dict[str, Any]]
    language: Mapped[str]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    #: Database time, like every lease: before then nobody takes it.
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    #: The replica that has it in hand.
    taker: Mapped[int | None]
