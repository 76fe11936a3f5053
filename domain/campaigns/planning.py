"""Who gets a campaign's check-in, and when: each person by the clock where they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from domain.campaigns.group import Group, exclusion
from domain.check_ins.eligibility import Exclusion
from domain.check_ins.instants import instant
from domain.consent import last_word
from domain.organisations import zone
from domain.questionnaires.shelf import newest
from storage.check_ins import Campaign, CheckIn
from storage.kinds import CheckInState, Purpose
from storage.returnees import Enrolment, Returnee
from storage.sessions import Session

# Why somebody whom the campaign is for will miss it: a row says so. The others get none.
_FOR_NOW = (Exclusion.FROZEN, Exclusion.BLOCKED, Exclusion.PAUSED, Exclusion.TOO_LATE)


@dataclass(frozen=True, slots=True)
class Planned:
    """One person's place in a campaign."""

    returnee: Returnee
    pseudonym: str
    due_at: datetime
    expires_at: datetime
    excluded: Exclusion | None


async def plan(session: Session, campaign: Campaign) -> list[Planned]:
    """Everyone whom the organisation has, by pseudonym. Writes nothing."""
    people = await session.execute(
        select(Returnee, Enrolment, last_word(Purpose.CHECK_INS))
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(Enrolment.organisation_id == campaign.organisation_id, Enrolment.until_at.is_(None))
        .order_by(Enrolment.pseudonym)
    )
    return [
        _planned(campaign, returnee, enrolment, consents is True, session.now)
        for returnee, enrolment, consents in people
    ]


async def write_down(session: Session, campaign: Campaign, planned: list[Planned]) -> None:
    """A row for everybody whom it is for, so that nobody is without an outcome."""
    questionnaire = newest(campaign.questionnaire).edition
    rows = [
        {
            "organisation_id": campaign.organisation_id,
            "returnee_id": one.returnee.id,
            "campaign_id": campaign.id,
            "version": campaign.version,
            "questionnaire": questionnaire,
            "state": CheckInState.SKIPPED if one.excluded else CheckInState.PLANNED,
            "reason": one.excluded,
            "due_at": one.due_at,
            "expires_at": one.expires_at,
        }
        for one in planned
        if one.excluded is None or one.excluded in _FOR_NOW
    ]
    if rows:
        await session.execute(insert(CheckIn), rows)


def _planned(
    campaign: Campaign, returnee: Returnee, enrolment: Enrolment, consents: bool, now: datetime
) -> Planned:
    due_at = instant(datetime.fromisoformat(campaign.local_time), zone(returnee.time_zone))
    expires_at = due_at + timedelta(hours=campaign.max_lateness_hours)
    why_not = exclusion(
        Group.kept(campaign.group), returnee, enrolment, consents, expires_at=expires_at, now=now
    )
    return Planned(returnee, enrolment.pseudonym, due_at, expires_at, why_not)
