"""What came back, by groups and never by persons, with those who said nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from domain.actors import Actor
from domain.campaigns.counting import next_count_at, what_it_asks
from domain.campaigns.drafting import find_campaign
from domain.errors import Refused
from domain.figures.publication import Figures
from domain.figures.reach import HOW_FAR, Reach, reach_by_now
from domain.figures.suppression import SMALLEST, rounded
from domain.questionnaires.shelf import edition_or_newest
from domain.questionnaires.values import Question, Questionnaire
from domain.returnees.enrolments import invited_by
from storage.batches import at_most
from storage.kinds import CampaignState
from storage.sessions import Session
from storage.tables.campaigns import Campaign, CampaignFigures
from storage.tables.check_ins import CheckIn

#: So many earlier askings are laid side by side.
_MOST = 24


@dataclass(frozen=True, slots=True)
class Asking:
    """One asking of a campaign, counted when it was over."""

    campaign: str
    asked_at: datetime
    counted_at: datetime
    figures: Figures
    #: As it was put.
    asked: Questionnaire

    @property
    def questions(self) -> tuple[Question, ...]:
        """Those with figures."""
        return self.asked.counted_questions


@dataclass(frozen=True, slots=True)
class Results:
    #: None until it is over and counted.
    last: Asking | None
    #: When it will be, as things stand; None where nothing is asked yet.
    due_at: datetime | None
    #: This and earlier askings of the same questionnaire, the oldest first.
    over_time: Sequence[Asking]


async def results(session: Session, actor: Actor, campaign_id: UUID) -> Results:
    """Once counted, they stay as they are. Raises NotAllowed and Refused."""
    campaign = await find_campaign(session, actor, campaign_id)
    if campaign.state is CampaignState.DRAFT:
        raise Refused("Nobody has been asked yet: start it first.")
    over_time = await _askings(session, actor, campaign)
    own = [asking for asking, of in over_time if of == campaign.id]
    return Results(
        last=own[-1] if own else None,
        due_at=None if own else await next_count_at(session, campaign),
        over_time=[asking for asking, _ in over_time],
    )


async def reach(session: Session, actor: Actor, campaign_id: UUID) -> Mapping[Reach, int]:
    """How far it is just now, rounded down; 0 for fewer than five. Whom the actor invited is not
    counted: beside the preview's numbers, theirs would tell what they agreed to. Raises NotAllowed,
    Refused.
    """
    campaign = await find_campaign(session, actor, campaign_id)
    each = (
        select(*HOW_FAR)
        .where(*what_it_asks(campaign), ~invited_by(actor, CheckIn.returnee_id))
        .subquery()
    )
    found = await session.execute(select(*each.c, func.count()).group_by(*each.c))
    states: Sequence[Any] = found.all()
    counts = dict.fromkeys(Reach, 0)
    for state, declined, began, count in states:
        counts[reach_by_now(state, declined=declined, began=began)] += count
    return {step: rounded(count, SMALLEST) for step, count in counts.items()}


async def _askings(session: Session, actor: Actor, campaign: Campaign) -> list[tuple[Asking, UUID]]:
    """The newest of the same questionnaire, up to the last of this campaign."""
    last = select(func.max(CampaignFigures.asked_at)).where(
        CampaignFigures.campaign_id == campaign.id
    )
    found = await session.execute(
        select(CampaignFigures, Campaign.name)
        .join(Campaign, Campaign.id == CampaignFigures.campaign_id)
        .where(
            CampaignFigures.organisation_id == actor.organisation_id,
            Campaign.questionnaire == campaign.questionnaire,
            CampaignFigures.asked_at <= func.coalesce(last.scalar_subquery(), session.now),
        )
        .order_by(CampaignFigures.asked_at.desc(), CampaignFigures.campaign_id)
        .limit(at_most(_MOST))
    )
    askings = []
    for row, name in reversed(found.all()):
        figures = Figures.kept(row.figures)
        asked = await edition_or_newest(
            session, actor.organisation_id, campaign.questionnaire, figures.edition
        )
        asking = Asking(name, row.asked_at, row.counted_at, figures, asked)
        askings.append((asking, row.campaign_id))
    return askings
