"""Where somebody's place in a campaign is: at what time, or why they have none."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.calendar import instant, zone
from domain.campaigns.facts import Facts
from domain.campaigns.group import Group, exclusion, out_of_reach
from domain.campaigns.schedule import After, first_time, schedule_of
from domain.check_ins.eligibility import Exclusion
from domain.pathways.values import Anchor
from domain.questionnaires.shelf import newest
from domain.questionnaires.values import Questionnaire
from storage.sessions import Session
from storage.tables.campaigns import Campaign

#: So long after the start, it can be taken back as if it had never been.
UNDO = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Times:
    #: What the clock on the wall shows where they are; naive.
    local: datetime
    #: The instant at which it shows that.
    wanted_at: datetime
    #: When it may really go: not before the start can no longer be taken back, nor before a change.
    due_at: datetime
    #: After this it is too late to ask.
    expires_at: datetime

    @property
    def are_over(self) -> bool:
        """Before it could go at all."""
        return self.expires_at <= self.due_at


@dataclass(frozen=True, slots=True)
class Place:
    """In a campaign: when, or why not."""

    #: None for somebody whose day nobody knows.
    times: Times | None
    excluded: Exclusion | None
    #: The same where a draft starts without the time in which it can be taken back.
    excluded_at_once: Exclusion | None


async def places(
    session: Session, campaign: Campaign, kinds: Iterable[Facts]
) -> dict[Facts, Place]:
    """The place of everybody with these facts, reckoned once for each kind of person."""
    questionnaire = await asked_in(session, campaign)
    return {facts: place_of(campaign, questionnaire, facts, session.now) for facts in set(kinds)}


async def asked_in(session: Session, campaign: Campaign) -> Questionnaire:
    return await newest(session, campaign.organisation_id, campaign.questionnaire)


def occasion_of(campaign: Campaign) -> datetime:
    """The wall-clock time of the occasion that is planned next."""
    return datetime.fromisoformat(campaign.occasion or campaign.local_time)


def place_of(
    campaign: Campaign, questionnaire: Questionnaire, facts: Facts, now: datetime
) -> Place:
    """Of somebody with these facts; the questionnaire is the one that the campaign asks."""
    local = _local_time(campaign, facts)
    if isinstance(local, Exclusion):
        return Place(None, local, local)
    wanted_at = instant(local, zone(facts.time_zone))
    due_at = max(wanted_at, _goes_from(campaign, now))
    expires_at = wanted_at + timedelta(hours=campaign.max_lateness_hours)
    times = Times(local, wanted_at, due_at, expires_at)
    why_not = at_once = _why_not(campaign, questionnaire, facts, times, now)
    if campaign.started_at is None and why_not is Exclusion.TOO_LATE:
        earliest = replace(times, due_at=max(wanted_at, now))
        at_once = _why_not(campaign, questionnaire, facts, earliest, now)
    return Place(times, why_not, at_once)


def _goes_from(campaign: Campaign, now: datetime) -> datetime:
    """A draft is looked at as if it were started now, with time to take that back."""
    if campaign.started_at is None:
        return now + UNDO
    return campaign.settles_at or campaign.started_at


def _local_time(campaign: Campaign, facts: Facts) -> datetime | Exclusion:
    schedule = schedule_of(campaign)
    if not isinstance(schedule, After):
        return occasion_of(campaign)
    if schedule.of is Anchor.DEPARTURE:
        day, unknown = facts.departs_on, Exclusion.NO_DEPARTURE
    else:
        day, unknown = facts.arrived_on, Exclusion.NOT_ARRIVED
    return unknown if day is None else schedule.local_time(first_time(campaign), day)


def _why_not(
    campaign: Campaign, questionnaire: Questionnaire, facts: Facts, times: Times, now: datetime
) -> Exclusion | None:
    group = Group.kept(campaign.group)
    day, goes_at = times.local.date(), max(times.due_at, now)
    why_not = exclusion(group, facts, day=day, expires_at=times.expires_at, goes_at=goes_at)
    if isinstance(schedule_of(campaign), After) and why_not in (None, Exclusion.TOO_LATE):
        begins_at = campaign.started_at or now
        if times.local < first_time(campaign) or times.wanted_at < begins_at:
            return Exclusion.BEFORE_IT
    if why_not is None and facts.child and questionnaire.adults_only:
        return Exclusion.ADULTS_ONLY
    if why_not is None and not questionnaire.speaks(facts.language):
        return Exclusion.NO_TEXT
    # Last, since it may be otherwise when the time comes, and the rest will not.
    why_not = why_not or out_of_reach(facts, times.expires_at)
    return Exclusion.NOT_SHOWN if why_not is None and facts.own else why_not
