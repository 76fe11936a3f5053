"""What decides whether and when somebody gets a check-in: the same for thousands at a time."""

from collections import Counter
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, Select, cast, false, func, null, select, true

from domain.campaigns.schedule import After, Every, schedule_of
from domain.children.deciding import are_protected
from domain.children.known import are_children_in_confidence, are_known_children
from domain.consent import last_word
from domain.pathways.values import Anchor
from storage.batches import at_most
from storage.kinds import Purpose
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.pathways import stage_reached
from storage.tables.privacy import gone_for_the_team
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee

_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Facts:
    country: str | None
    language: str
    time_zone: str
    child: bool
    protected: bool
    invited: bool
    consents: bool
    frozen: bool
    blocked: bool
    paused_until: datetime | None
    # These four are None where nobody knows them, and where the campaign does not ask about them.
    #: The day of their return, on the calendar where they are.
    arrived_on: date | None = None
    #: The stage of their pathway, as a group names it.
    stage: str | None = None
    departs_on: date | None = None
    #: As a group names it.
    region: str | None = None
    # These two are only looked for when a coordinator looks at a preview; else they are False.
    #: Something else asks them within the hour.
    beside: bool = False
    #: The coordinator invited them, and is not told what they agreed to.
    own: bool = False


_NAMES = [field.name for field in fields(Facts)]


class Also(NamedTuple):
    """The conditions behind the last two of Facts, for a preview."""

    beside: ColumnElement[bool] = false()
    own: ColumnElement[bool] = false()


NOTHING_ELSE = Also()


@dataclass(frozen=True, slots=True)
class Candidate:
    id: UUID
    pseudonym: str
    facts: Facts


async def tally(session: Session, campaign: Campaign, also: Also) -> Counter[Facts]:
    """How many of the organisation's people have which facts in common. Reads all of them, so many
    at a time that no statement takes long.
    """
    counts: Counter[Facts] = Counter()
    after = ""
    while True:
        some = _by_pseudonym(campaign, also, after, _AT_ONCE).subquery()
        facts = [some.c[name] for name in _NAMES]
        # The database's own order decides which is the last one, not Python's.
        last = func.max(func.max(some.c.pseudonym)).over().label("last")
        people = func.count().label("people")
        found = await session.execute(select(people, last, *facts).group_by(*facts))
        rows = found.all()
        counts.update({_facts_in(row): row.people for row in rows})
        if sum(row.people for row in rows) < _AT_ONCE:
            return counts
        after = rows[0].last


async def people_of(
    session: Session,
    campaign: Campaign,
    *only: ColumnElement[bool],
    after: str,
    most: int,
    also: Also = NOTHING_ELSE,
) -> list[Candidate]:
    """The next ones by pseudonym."""
    found = await session.execute(_by_pseudonym(campaign, also, after, most).where(*only))
    return [Candidate(row.id, row.pseudonym, _facts_in(row)) for row in found]


async def facts_of(session: Session, organisation_id: UUID, returnee_id: UUID) -> Facts | None:
    """All that any campaign of the organisation may ask of somebody; None for whoever is not with
    it.
    """
    found = await session.execute(
        select(*_facts(NOTHING_ELSE, arrival=True, stage=True, departure=True, region=True))
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(
            Returnee.id == returnee_id,
            Enrolment.organisation_id == organisation_id,
            STILL_ENROLLED,
        )
    )
    row = found.one_or_none()
    return None if row is None else _facts_in(row)


def _facts_in(row: Row[*tuple[Any, ...]]) -> Facts:
    held = row._mapping
    return Facts(**{name: held[name] for name in _NAMES})


def _by_pseudonym(campaign: Campaign, also: Also, after: str, most: int) -> Select[Any]:
    return (
        select(Returnee.id, Enrolment.pseudonym, *_asked_by(campaign, also))
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(*with_organisation(campaign), Enrolment.pseudonym > after)
        .order_by(Enrolment.pseudonym)
        .limit(at_most(most))
    )


def with_organisation(campaign: Campaign) -> tuple[ColumnElement[bool], ...]:
    """Everyone whom the organisation has, and had when the campaign, or its occasion, began to be
    planned. Nobody whom staff had forgotten: they are not to be asked, nor shown to the team.
    """
    return (
        Enrolment.organisation_id == campaign.organisation_id,
        STILL_ENROLLED,
        ~gone_for_the_team(campaign.organisation_id, Enrolment.returnee_id),
        _came_before(campaign),
    )


def _came_before(campaign: Campaign) -> ColumnElement[bool]:
    match schedule_of(campaign):
        case After():
            began = None
        case Every():
            began = campaign.plan_at
        case _:
            began = campaign.started_at
    return Enrolment.from_at <= began if began else true()


def _asked_by(campaign: Campaign, also: Also) -> tuple[Any, ...]:
    """Only what the campaign depends on: people with the same facts are counted as one kind, and a
    day of their own for each would leave nearly as many kinds as people.
    """
    return _facts(
        also,
        arrival=_counts_from(campaign, Anchor.ARRIVAL) or bool(campaign.group.get("since")),
        stage=bool(campaign.group.get("stages")),
        departure=_counts_from(campaign, Anchor.DEPARTURE),
        region=bool(campaign.group.get("regions")),
    )


def _facts(
    also: Also, *, arrival: bool, stage: bool, departure: bool, region: bool
) -> tuple[Any, ...]:
    """The columns of Facts, labelled as its fields; null for those that are not asked for."""
    consents = func.coalesce(last_word(Purpose.CHECK_INS), false()) & ~are_children_in_confidence()
    lives_in = Returnee.country + "/" + Returnee.region
    return (
        Returnee.country,
        Returnee.language,
        Returnee.time_zone,
        are_known_children().label("child"),
        are_protected(Enrolment.organisation_id).label("protected"),
        Enrolment.invite_id.is_not(None).label("invited"),
        consents.label("consents"),
        Returnee.frozen_at.is_not(None).label("frozen"),
        Returnee.blocked_at.is_not(None).label("blocked"),
        Returnee.paused_until,
        (_arrived_on() if arrival else null()).label("arrived_on"),
        (stage_reached(Enrolment) if stage else null()).label("stage"),
        (Returnee.departs_on if departure else null()).label("departs_on"),
        (lives_in if region else null()).label("region"),
        also.beside.label("beside"),
        also.own.label("own"),
    )


def _arrived_on() -> ColumnElement[date | None]:
    return cast(func.timezone(Returnee.time_zone, Returnee.arrived_at), Date)


def _counts_from(campaign: Campaign, anchor: Anchor) -> bool:
    schedule = schedule_of(campaign)
    return isinstance(schedule, After) and schedule.of is anchor
