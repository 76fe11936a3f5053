"""Changing a campaign: what was asked stays, and the rest is planned anew, as a new version."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, false, func, select, true, update

from domain import audit
from domain.actors import By
from domain.campaigns.counting import is_counted
from domain.campaigns.drafting import Outline, ensure_seen, find_campaign, write_out
from domain.campaigns.planning import plan_anew
from domain.campaigns.schedule import Every, Once, schedule_of
from domain.check_ins.put_off import were_put_off
from domain.errors import Refused
from storage.kinds import TO_COME, CampaignState, CheckInState
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn


async def edit(
    session: Session, actor: By, campaign_id: UUID, outline: Outline, *, seen: int | None = None
) -> Campaign:
    """A draft changes as it is, and starts once it was looked at anew. Of one that was started,
    nobody is asked twice because of it, and what it asks and how often stays. One that asked once
    and is counted stays as it is. `seen` is the version that whoever changes it had before their
    eyes; the shell shows none. Raises NotAllowed, and Refused where that is another by now.
    """
    campaign = await find_campaign(session, actor, campaign_id, lock=True)
    ensure_seen(campaign, seen)
    if campaign.state is CampaignState.STOPPED:
        raise Refused("This check-in is stopped already.")
    if await is_counted(session, campaign):
        raise Refused("This check-in is over and counted: plan another.")
    if campaign.state is CampaignState.DRAFT:
        await write_out(session, campaign, outline)
    else:
        await _change_course(session, campaign, outline)
    campaign.version += 1
    audit.done_by(session, actor, "campaign.edited", campaign.id, version=campaign.version)
    return campaign


async def take_back(session: Session, campaign: Campaign) -> None:
    """All that nobody has been asked, as if it had never been."""
    await _supersede(session, campaign, which=true(), reason="undone")


async def _supersede(
    session: Session, campaign: Campaign, *, which: ColumnElement[bool], reason: str
) -> None:
    """Of those, all that nobody has been asked, whoever was left out too; of several occasions,
    those on which nobody has.
    """
    begun = (
        CheckIn.step.in_(select(_begun(campaign).c.step))
        if isinstance(schedule_of(campaign), Every)
        else false()
    )
    await session.execute(
        update(CheckIn)
        .where(
            CheckIn.campaign_id == campaign.id,
            CheckIn.state.in_((*TO_COME, CheckInState.SKIPPED)),
            which,
            # Whoever put it off was asked, and awaits it.
            ~were_put_off(),
            CheckIn.sent_at.is_(None),
            ~begun,
        )
        .values(state=CheckInState.SUPERSEDED, reason=reason)
        .execution_options(synchronize_session=False)
    )


async def _change_course(session: Session, campaign: Campaign, outline: Outline) -> None:
    if outline.questionnaire != campaign.questionnaire:
        raise Refused("What it asks can't be changed any more: stop it, and plan another.")
    if type(outline.schedule) is not type(schedule_of(campaign)):
        raise Refused("How often it asks can't be changed any more: stop it, and plan another.")
    before = campaign.local_time
    await write_out(session, campaign, outline)
    # What has passed is over for whoever was left out, and ours where we failed to ask (P3), unless
    # it is put at another time.
    moved = isinstance(schedule_of(campaign), Once) and campaign.local_time != before
    which = true() if moved else CheckIn.expires_at > session.now
    await _supersede(session, campaign, which=which, reason="edited")
    last = await session.scalar(select(func.max(_begun(campaign).c.step)))
    plan_anew(campaign, session.now, after=_end_of_day(last) if last else None)


def _begun(campaign: Campaign) -> Subquery:
    """The occasions on which somebody has been asked, or we failed to."""
    never = (*TO_COME, CheckInState.SKIPPED, CheckInState.SUPERSEDED)
    return (
        select(CheckIn.step)
        .where(CheckIn.campaign_id == campaign.id, CheckIn.state.not_in(never))
        .distinct()
        .subquery()
    )


def _end_of_day(step: str) -> datetime | None:
    """Nobody is asked twice on one day."""
    try:
        return datetime.combine(datetime.fromisoformat(step), time.max)
    except ValueError:
        return None
