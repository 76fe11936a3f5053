"""When staff change the days of somebody's journey, campaigns that count from them follow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from domain.actors import Actor
from domain.calendar import local_day
from domain.campaigns.facts import Facts, facts_of
from domain.campaigns.placing import Place as InCampaign
from domain.campaigns.placing import Times, place_of
from domain.campaigns.schedule import step_of
from domain.check_ins.eligibility import Exclusion
from domain.check_ins.put_off import is_put_off
from domain.pathways.placing import Place, arrived_by, for_everybody, put
from domain.pathways.values import Anchor, Days
from domain.questionnaires.shelf import newest_of_each
from domain.returnees.enrolments import current_enrolments, has_invited
from domain.returnees.person import find_returnee
from storage.kinds import TO_COME, CampaignState, CheckInState
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee

# Whatever else keeps somebody from being asked is seen when the time comes, and theirs to know.
_BY_THE_DAYS = (
    Exclusion.WRONG_GROUP,
    Exclusion.TOO_LATE,
    Exclusion.NOT_ARRIVED,
    Exclusion.NO_DEPARTURE,
    Exclusion.BEFORE_IT,
)


@dataclass(frozen=True, slots=True)
class Moved:
    """One campaign's check-in of somebody: when it was to be, and when it is to be."""

    campaign: Campaign
    row: CheckIn | None
    was: datetime | None
    times: Times | None

    @property
    def will(self) -> datetime | None:
        return self.times.wanted_at if self.times else None


async def put_and_follow(
    session: Session, actor: Actor, returnee_id: UUID, there: Place, stood: Days
) -> None:
    """Somebody is there on their pathway from now on, and what was planned follows: of the pathway
    and of campaigns, also those of others who accompany them. Raises NotAllowed and Refused.

    Needs the service's scope: the days hold for everybody.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    held = await for_everybody(session, returnee, there.days, stood)
    moves = [
        move
        for enrolment in await current_enrolments(session, returnee.id)
        for move in await _moves(session, enrolment.organisation_id, returnee, held)
    ]
    await put(session, actor, returnee_id, there, stood)
    await _follow(session, moves)


async def moved_by(
    session: Session, actor: Actor, returnee: Returnee, days: Days, stood: Days
) -> list[Moved]:
    """What such days would change of the organisation's campaigns, which count from those that hold
    for everybody. Changes nothing.

    Whoever invited them does not learn from it what they agreed to: then what is written down for
    them is not looked at.
    """
    held = await for_everybody(session, returnee, days, stood)
    tells = not await has_invited(session, actor, returnee.id)
    return await _moves(session, actor.organisation_id, returnee, held, tells=tells)


async def _moves(
    session: Session,
    organisation_id: UUID,
    returnee: Returnee,
    held: Days,
    *,
    tells: bool = True,
) -> list[Moved]:
    """`tells`: by what each campaign planned for them, or asked them, too."""
    found = await session.scalars(
        select(Campaign)
        .where(
            Campaign.organisation_id == organisation_id,
            Campaign.state.in_((CampaignState.RUNNING, CampaignState.PAUSED)),
            Campaign.schedule.has_key("after"),
        )
        .order_by(Campaign.name)
    )
    campaigns = found.all()
    facts = await facts_of(session, organisation_id, returnee.id)
    if facts is None or not campaigns:
        return []
    # They may not want to be asked at all, which nobody is to tell from what moves.
    facts = replace(facts, consents=True)
    there = _with(facts, returnee, held, session.now)
    asks = {each.key: each for each in await newest_of_each(session, organisation_id)}
    rows = await _rows(session, returnee, campaigns) if tells else {}
    moves = [
        _moved(
            campaign,
            rows.get(campaign.id),
            *(
                place_of(campaign, asks[campaign.questionnaire], each, session.now)
                for each in (facts, there)
            ),
            now=session.now,
        )
        for campaign in campaigns
    ]
    return [move for move in moves if move is not None and move.was != move.will]


async def _follow(session: Session, moves: Sequence[Moved]) -> None:
    """Whom a campaign has no check-in for yet, its tick plans when the time comes."""
    for move in moves:
        if move.row is not None and move.times is None:
            # It was only a plan.
            await session.delete(move.row)
        elif move.row is not None and move.times is not None:
            move.row.state, move.row.reason = CheckInState.PLANNED, None
            move.row.due_at, move.row.expires_at = move.times.due_at, move.times.expires_at
            move.row.step = step_of(move.campaign, move.times.local)
    await session.flush()


async def _rows(
    session: Session, returnee: Returnee, campaigns: Sequence[Campaign]
) -> dict[UUID | None, CheckIn]:
    """What each planned for somebody, or asked them."""
    found = await session.scalars(
        select(CheckIn).where(
            CheckIn.campaign_id.in_([campaign.id for campaign in campaigns]),
            CheckIn.returnee_id == returnee.id,
            CheckIn.state != CheckInState.SUPERSEDED,
        )
    )
    return {row.campaign_id: row for row in found}


def _moved(
    campaign: Campaign, row: CheckIn | None, was: InCampaign, will: InCampaign, *, now: datetime
) -> Moved | None:
    """None where it asked them already. Where none is written down, it is as they stand now, until
    its time has come: whether they were asked then is theirs to know.
    """
    if _has_come(was, now) if row is None else not (_waits(row) or _came_too_late(row)):
        return None
    return Moved(campaign, row, _was_wanted_at(campaign, row, was), _by_the_days(will))


def _was_wanted_at(campaign: Campaign, row: CheckIn | None, place: InCampaign) -> datetime | None:
    if row is None:
        times = _by_the_days(place)
        return times.wanted_at if times else None
    if _came_too_late(row):
        return None
    return row.expires_at - timedelta(hours=campaign.max_lateness_hours)


def _by_the_days(place: InCampaign) -> Times | None:
    return None if place.excluded in _BY_THE_DAYS else place.times


def _has_come(place: InCampaign, now: datetime) -> bool:
    """Unless it came before the campaign began, which asked nobody then."""
    began = place.excluded is not Exclusion.BEFORE_IT
    return began and place.times is not None and place.times.wanted_at <= now


def _waits(row: CheckIn) -> bool:
    """Whoever put it off was asked, and awaits it."""
    never_asked = row.sent_at is None and not is_put_off(row)
    return never_asked and row.state in TO_COME


def _came_too_late(row: CheckIn) -> bool:
    """By the days as they stood, its time was over before it was planned: nobody was asked, and by
    other days they still can be.
    """
    return row.reason == Exclusion.TOO_LATE


def _with(facts: Facts, returnee: Returnee, days: Days, now: datetime) -> Facts:
    """As they would be with these days."""
    arrived_at = arrived_by(returnee, days, now)
    return replace(
        facts,
        arrived_on=local_day(arrived_at, returnee.time_zone) if arrived_at else None,
        departs_on=days.get(Anchor.DEPARTURE),
    )
