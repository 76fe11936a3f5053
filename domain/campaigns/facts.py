"""What decides whether and when somebody gets a check-in: the same for thousands at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select, true

from domain.consent import last_word
from storage.check_ins import Campaign
from storage.kinds import AgeBand, Purpose
from storage.returnees import Enrolment, Returnee
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Facts:
    country: str | None
    language: str
    time_zone: str
    age_band: AgeBand
    invited: bool
    consents: bool
    frozen: bool
    blocked: bool
    paused_until: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    pseudonym: str
    facts: Facts


async def tally(session: Session, campaign: Campaign) -> dict[Facts, int]:
    """How many of the organisation's people have which facts in common. Reads all of them."""
    everybody = (
        select(*_facts())
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(*with_organisation(campaign))
        .subquery()
    )
    found = await session.execute(select(func.count(), *everybody.c).group_by(*everybody.c))
    return {Facts(*facts): count for count, *facts in found}


async def people_of(session: Session, campaign: Campaign, *, after: str, most: int) -> list[Person]:
    """The next ones by pseudonym."""
    found = await session.execute(
        select(Returnee.id, Enrolment.pseudonym, *_facts())
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(*with_organisation(campaign), Enrolment.pseudonym > after)
        .order_by(Enrolment.pseudonym)
        .limit(most)
    )
    return [Person(id_, pseudonym, Facts(*facts)) for id_, pseudonym, *facts in found]


def with_organisation(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    """Everyone whom the organisation has, and had when the campaign was started."""
    before = Enrolment.from_at <= campaign.started_at if campaign.started_at else true()
    return (
        Enrolment.organisation_id == campaign.organisation_id,
        Enrolment.until_at.is_(None),
        before,
    )


def _facts() -> tuple[Any, ...]:
    """The columns of Facts, in its order."""
    return (
        Returnee.country,
        Returnee.language,
        Returnee.time_zone,
        Returnee.age_band,
        Enrolment.invite_id.is_not(None),
        func.coalesce(last_word(Purpose.CHECK_INS), false()),
        Returnee.frozen_at.is_not(None),
        Returnee.blocked_at.is_not(None),
        Returnee.paused_until,
    )
