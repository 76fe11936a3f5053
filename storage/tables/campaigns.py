from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from storage.kinds import CampaignState
from storage.tables.base import OF_ORGANISATION, Base, Identified


class Campaign(Identified, Base):
    """A check-in for a chosen group, as its coordinator wrote it down."""

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("organisation_id", "name"), OF_ORGANISATION)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    #: Editing makes a new version; check-ins keep the one they were planned from.
    version: Mapped[int] = mapped_column(server_default=text("1"))
    #: The key of a questionnaire that domain/questionnaires/shelf.py finds.
    questionnaire: Mapped[str]
    #: {"countries": […], "languages": […], "since": […]}; an empty list means everyone.
    group: Mapped[dict[str, Any]]
    #: Wall-clock time in each person's own zone, "YYYY-MM-DDTHH:MM".
    local_time: Mapped[str]
    #: As domain/campaigns/schedule.py writes it; None for one that asks once.
    schedule: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    #: How late it may still be sent.
    max_lateness_hours: Mapped[int] = mapped_column(server_default=text("24"))
    #: Whether somebody who says nothing may be asked a second time, if they allowed it themselves.
    second_prompt: Mapped[bool] = mapped_column(server_default=text("true"))
    state: Mapped[CampaignState]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    #: Nothing goes before: until then the start can be undone as if it had never been; later, since
    #: when it is as its last change left it.
    settles_at: Mapped[datetime | None]
    #: Once it is started: up to which pseudonym everybody's check-in is written down.
    planned_to: Mapped[str | None]
    #: Since when everybody's is.
    planned_at: Mapped[datetime | None]
    #: One that asks more than once: when there is something to plan again,
    plan_at: Mapped[datetime | None]
    #: and the wall-clock time of the occasion that is planned next.
    occasion: Mapped[str | None]
    #: Since when all that it asks is counted.
    counted_at: Mapped[datetime | None]

    @property
    def is_over(self) -> bool:
        """It asks nobody any more, in whichever state it was left."""
        return self.counted_at is not None and self.state in (
            CampaignState.RUNNING,
            CampaignState.PAUSED,
        )


class CampaignTally(Base):
    """What is counted of check-ins that are gone: how many, and of nobody in particular."""

    __tablename__ = "campaign_tally"
    __table_args__ = (OF_ORGANISATION,)

    campaign_id: Mapped[UUID] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    #: As domain/campaigns/tally.py writes it, sealed under the epoch key.
    counts: Mapped[bytes]


class CampaignFigures(Base):
    """What one asking of a campaign came to, counted once: groups too large to point at anybody."""

    __tablename__ = "campaign_figures"
    __table_args__ = (OF_ORGANISATION,)

    campaign_id: Mapped[UUID] = mapped_column(
        ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True
    )
    #: That of its check-ins.
    step: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: When the last of them was due.
    asked_at: Mapped[datetime]
    counted_at: Mapped[datetime]
    #: As domain/figures/publication.py writes them.
    figures: Mapped[dict[str, Any]]
