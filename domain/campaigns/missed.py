"""Who should have been asked and was not, for no reason but us: a coordinator is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from domain.actors import Actor, Right
from domain.check_ins.eligibility import Exclusion
from domain.check_ins.outcomes import BROKEN, LATE, NO_CLINICIAN
from domain.figures.suppression import SMALLEST, rounded
from domain.recovery.quiet import RESTORED
from domain.returnees.enrolments import invited_by
from storage.kinds import CheckInState
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn

#: For so many days they are told of it.
LATELY = timedelta(days=14)
# What an open emergency held to the end is not here: they would learn of it.
_OURS = (LATE, BROKEN, RESTORED, NO_CLINICIAN, Exclusion.TOO_LATE)


@dataclass(frozen=True, slots=True)
class Missed:
    """Of a campaign, by its id and name, or of a pathway, by its key."""

    campaign_id: UUID | None
    name: str
    people: int


async def missed_lately(session: Session, actor: Actor) -> Sequence[Missed]:
    """The worst first. Of those whom the actor invited, whole fives alone: only who agreed to
    check-ins is missed, and of fewer it would tell who that is. Raises NotAllowed.
    """
    actor.ensure_may(Right.RUN_CAMPAIGNS)
    name = func.coalesce(Campaign.name, CheckIn.pathway)
    people = func.count(CheckIn.returnee_id.distinct())
    own = invited_by(actor, CheckIn.returnee_id)
    found = await session.execute(
        select(CheckIn.campaign_id, name, people.filter(~own), people.filter(own))
        .outerjoin(Campaign, Campaign.id == CheckIn.campaign_id)
        .where(
            CheckIn.organisation_id == actor.organisation_id,
            CheckIn.due_at >= session.now - LATELY,
            CheckIn.due_at <= session.now,
            CheckIn.state == CheckInState.MISSED_BY_US,
            CheckIn.reason.in_(_OURS),
        )
        .group_by(CheckIn.campaign_id, name)
        .order_by(name)
    )
    missed = [
        Missed(campaign_id, name, others + rounded(own, SMALLEST))
        for campaign_id, name, others, own in found.all()
    ]
    return sorted(
        (each for each in missed if each.people), key=lambda each: each.people, reverse=True
    )
