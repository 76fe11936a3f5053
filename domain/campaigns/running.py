"""A campaign's life: draft → running ⇄ paused → stopped."""

from datetime import timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import case, select, update

from domain import audit
from domain.actors import By
from domain.campaigns.drafting import ensure_seen, find_campaign
from domain.campaigns.editing import take_back
from domain.campaigns.facts import Also, tally
from domain.campaigns.placing import UNDO, asked_in, places
from domain.campaigns.planning import begin_planning, leave_out_what_passed
from domain.campaigns.previewing import look_ahead
from domain.campaigns.schedule import After, schedule_of
from domain.check_ins.eligibility import Exclusion
from domain.errors import ChangedMeanwhile, Refused
from domain.questionnaires.shelf import ensure_looked_after, ensure_switched_on
from domain.returnees.enrolments import invited_by
from storage.batches import at_most
from storage.kinds import NOT_SENT_YET, CampaignState, CheckInState
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Enrolment


async def start(
    session: Session,
    actor: By,
    campaign_id: UUID,
    *,
    at_once: bool = False,
    seen: int | None = None,
    asks: str | None = None,
) -> Campaign:
    """Plans the first check-ins, and leaves a great number to the tick; a paused campaign goes on.

    Nothing is sent while the start can be undone, unless it is to begin `at_once`. `seen` is the
    version that whoever starts it had before their eyes, and `asks` the edition of its
    questionnaire; the shell shows none. Raises NotAllowed, and Refused where either is another by
    now, that was switched off, nobody would get it, it was started before, or it measures health
    and nobody looks after that any more.
    """
    campaign = await find_campaign(session, actor, campaign_id, lock=True)
    if campaign.state not in (CampaignState.DRAFT, CampaignState.PAUSED):
        raise Refused("This check-in has been started already.")
    ensure_seen(campaign, seen)
    if asks not in (None, (await asked_in(session, campaign)).edition):
        raise ChangedMeanwhile
    await ensure_looked_after(session, campaign.organisation_id, campaign.questionnaire)
    if campaign.state is CampaignState.DRAFT:
        await ensure_switched_on(session, campaign.organisation_id, campaign.questionnaire)
        campaign.started_at = session.now
        campaign.settles_at = session.now + (timedelta() if at_once else UNDO)
        await _ensure_bearable(session, actor, campaign)
        await begin_planning(session, campaign)
    else:
        leave_out_what_passed(campaign, session.now)
    campaign.state = CampaignState.RUNNING
    audit.done_by(session, actor, "campaign.started", campaign.id)
    return campaign


async def undo(session: Session, actor: By, campaign_id: UUID) -> Campaign:
    """It is a draft again, as if it had never been started. Raises NotAllowed and Refused."""
    campaign = await find_campaign(session, actor, campaign_id, lock=True)
    if campaign.started_at is None or session.now >= campaign.started_at + UNDO:
        raise Refused("Only within ten minutes of its start: stop it instead.")
    if campaign.state is CampaignState.STOPPED:
        raise Refused("This check-in is stopped already.")
    await take_back(session, campaign)
    campaign.planned_at = campaign.planned_to = campaign.plan_at = campaign.occasion = None
    if await _has_asked(session, campaign) or await _has_come_for_own(session, actor, campaign):
        raise Refused("Somebody has been asked already: stop it instead.")
    campaign.state, campaign.version = CampaignState.DRAFT, campaign.version + 1
    campaign.started_at = campaign.settles_at = None
    audit.done_by(session, actor, "campaign.undone", campaign.id)
    return campaign


async def pause(session: Session, actor: By, campaign_id: UUID) -> Campaign:
    """Nothing more is sent until it is started again. Raises NotAllowed and Refused."""
    campaign = await find_campaign(session, actor, campaign_id, lock=True)
    if campaign.state is not CampaignState.RUNNING:
        raise Refused("Only a running check-in can be paused.")
    campaign.state = CampaignState.PAUSED
    audit.done_by(session, actor, "campaign.paused", campaign.id)
    return campaign


async def stop(session: Session, actor: By, campaign_id: UUID) -> Campaign:
    """For good: what was not sent is cancelled. What was sent can still be answered, and nobody is
    asked a second time of it: the silence after the first prompt stands.

    Raises NotAllowed and Refused.
    """
    campaign = await find_campaign(session, actor, campaign_id, lock=True)
    if campaign.state is CampaignState.STOPPED:
        raise Refused("This check-in is stopped already.")
    campaign.state = CampaignState.STOPPED
    campaign.plan_at = campaign.planned_to = None
    never_asked = CheckIn.sent_at.is_(None)
    await session.execute(
        update(CheckIn)
        .where(CheckIn.campaign_id == campaign.id, CheckIn.state.in_(NOT_SENT_YET))
        .values(
            state=case((never_asked, CheckInState.CANCELLED), else_=CheckInState.SENT),
            reason="stopped",
            silent_at=case((never_asked, None), else_=session.now),
        )
        .execution_options(synchronize_session=False)
    )
    audit.done_by(session, actor, "campaign.stopped", campaign.id)
    return campaign


async def _ensure_bearable(session: Session, actor: By, campaign: Campaign) -> None:
    """Somebody gets it, and those on duty can take what comes of it. It may be meant for those
    alone who are still to return.
    """
    ahead = await look_ahead(session, campaign, Also(own=invited_by(actor, Enrolment.returnee_id)))
    if not ahead.anybody and not isinstance(schedule_of(campaign), After):
        raise Refused("Nobody would get this check-in: the preview shows why.")
    worst = ahead.outlook.worst
    if worst is not None:
        raise Refused(
            "Around {time}, {alerts} alerts are to be expected and those on duty can take {most}:"
            " choose another time or a smaller group, or plan more shifts.",
            time=f"{worst.begins.astimezone(ahead.outlook.place):%Y-%m-%d %H:%M}",
            alerts=ceil(worst.alerts),
            most=int(worst.bearable),
        )


async def _has_come_for_own(session: Session, actor: By, campaign: Campaign) -> bool:
    """The first time of it, which counts as asked for those whom the actor invited: whether they
    were would tell what they agreed to.
    """
    also = Also(own=invited_by(actor, Enrolment.returnee_id))
    own = [facts for facts in await tally(session, campaign, also) if facts.own]
    found = await places(session, campaign, own)
    return any(
        place.excluded is Exclusion.NOT_SHOWN
        and place.times is not None
        and place.times.due_at <= session.now
        for place in found.values()
    )


async def _has_asked(session: Session, campaign: Campaign) -> bool:
    """By whichever version: whoever was asked stays asked, however it was changed since. Whoever
    was left out has not been; nor is anybody once all of it is superseded.
    """
    never = (CheckInState.SUPERSEDED, CheckInState.SKIPPED)
    asked = select(CheckIn.id).where(
        CheckIn.campaign_id == campaign.id, CheckIn.state.not_in(never)
    )
    return await session.scalar(asked.limit(at_most(1))) is not None
