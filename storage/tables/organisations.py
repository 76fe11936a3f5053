from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import OF_ORGANISATION, Base, Identified


class Organisation(Identified, Base):
    __tablename__ = "organisation"
    __table_args__ = (
        Index(
            "uq_organisation_one_default", "is_default", unique=True, postgresql_where="is_default"
        ),
        OF_ORGANISATION,
    )

    name: Mapped[str] = mapped_column(unique=True)
    country: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    #: Receives everyone without an enrolment.
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))
    staff_chat: Mapped[bytes | None]
    staff_chat_key: Mapped[bytes | None] = mapped_column(unique=True)
    #: Since when nothing that we write comes there; None while it does.
    staff_chat_fails_since: Mapped[datetime | None]
    #: What the organisation set away from the defaults of domain/organisations.py.
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    created_at: Mapped[datetime]
    #: Since when it promises nothing without a rota and a drill; None for one that was there before
    #: and never declared hours.
    gated_at: Mapped[datetime | None]
    #: Until when its rota and its last drill suffice, if nothing changes.
    ready_until: Mapped[datetime | None]
    #: When some of what its team read was last drawn by lot.
    readings_drawn_at: Mapped[datetime | None]
    #: When its administrators were last told that alerts miss somebody who hears complaints; None
    #: while they miss nobody.
    safeguarding_missed_at: Mapped[datetime | None]
    #: How often what it listens for besides, or mutes, has changed.
    lexicon_version: Mapped[int] = mapped_column(server_default=text("0"))
    #: Since when its pathways ask and tell nothing, because a backup was restored.
    pathways_wait_since: Mapped[datetime | None]
