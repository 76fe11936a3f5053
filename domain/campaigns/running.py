"""A campaign's life: draft → running ⇄ paused → stopped."""

from uuid import UUID

from sqlalchemy import update

from domain.actors import Actor
from domain.campaigns.drafting import find_campaign, record
from domain.campaigns.planning import begin_planning, leave_out_what_passed
from domain.campaigns.previewing import count_places
from domain.campaigns.schedule import After, schedule_of
from domain.errors import Refused
from storage.check_ins import Campaign, CheckIn
from storage.kinds import CampaignState, CheckInState
from storage.sessions import Session

_NOT_SENT_YET = (CheckInState.PLANNED, CheckInState.HELD, CheckInState.SENDING)


async def start(session: Session, actor: Actor, campaign_id: UUID) -> Campaign:
    """Plans the first check-ins, and leaves a great number to the tick; a paused campaign goes on.

    Raises NotAllowed, and Refused where nobody would get it or it was started before.
    """
    campaign = await find_campaign(session, actor, campaign_id, lock=True)
    if campaign.state is CampaignState.DRAFT:
        await _ensure_somebody(session, campaign)
        campaign.started_at = session.now
        await begin_planning(session, campaign)
    elif campaign.state is CampaignState.PAUSED:
        leave_out_what_passed(campaign, session.now)
    else:
        raise Refused("This campaign has been started already.")
    campaign.state = CampaignState.RUNNING
    record(session, actor, campaign, "campaign.started")
    return campaign


async def pause(session: Session, actor: Actor, campaign_id: UUID) -> Campaign:
    """Nothing more is sent until it is started again. Raises NotAllowed and Refused."""
    campaign = await find_campaign(session, actor, campaign_id, lock=True)
    if campaign.state is not CampaignState.RUNNING:
        raise Refused("Only a running campaign can be paused.")
    campaign.state = CampaignState.PAUSED
    record(session, actor, campaign, "campaign.paused")
    return campaign


async def stop(session: Session, actor: Actor, campaign_id: UUID) -> Campaign:
    """For good: what was not sent is cancelled. What was sent can still be answered.

    Raises NotAllowed and Refused.
    """
    campaign = await find_campaign(session, actor, campaign_id, lock=True)
    if campaign.state is CampaignState.STOPPED:
        raise Refused("This campaign is stopped already.")
    campaign.state, campaign.plan_at = CampaignState.STOPPED, None
    await session.execute(
        update(CheckIn)
        .where(CheckIn.campaign_id == campaign.id, CheckIn.state.in_(_NOT_SENT_YET))
        .values(state=CheckInState.CANCELLED, reason="stopped")
        .execution_options(synchronize_session=False)
    )
    record(session, actor, campaign, "campaign.stopped")
    return campaign


async def _ensure_somebody(session: Session, campaign: Campaign) -> None:
    """It may be meant for those alone who are still to return."""
    if isinstance(schedule_of(campaign), After):
        return
    if not (await count_places(session, campaign))[None]:
        raise Refused("Nobody would get this check-in: the preview shows why.")
