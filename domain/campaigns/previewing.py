"""Who would get what, when, and who not, before anything starts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from domain import audit
from domain.actors import Actor
from domain.campaigns.beside import anything_beside, is_beside, that_come_again
from domain.campaigns.drafting import find_campaign
from domain.campaigns.facts import NOT_LOOKED_FOR, Person, people_of, tally
from domain.campaigns.outlook import Outlook, outlook
from domain.campaigns.placing import Place, asked_in, places
from domain.check_ins.eligibility import Exclusion
from domain.organisations import zone
from domain.paging import MOST, Page
from domain.people import pseudonym_of
from storage.check_ins import Campaign
from storage.returnees import Enrolment, Invite
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Line:
    #: Of the person.
    id: UUID
    pseudonym: str
    #: The same instant on the person's own clock and in UTC; None where nobody knows their day.
    local: datetime | None
    utc: datetime | None
    #: Why not; or that it is not for this coordinator to know.
    excluded: Exclusion | None
    #: Something else asks them within the hour: the later one waits.
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """Everyone whom the organisation has. For the console's eyes: it names persons."""

    page: Page[Line]
    people: int
    included: int
    excluded: Mapping[Exclusion, int]
    outlook: Outlook
    #: Of those included, whom something else asks within the hour.
    beside: int
    #: The names of campaigns that ask again and may do so in the same hour.
    that_come_again: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many would get it, under None, and how many not, by reason; and what that leads to."""

    counts: Counter[Exclusion | None]
    outlook: Outlook
    beside: int


async def preview(
    session: Session, actor: Actor, campaign_id: UUID, after: UUID | None = None, most: int = MOST
) -> Preview:
    """As things stand now, counted over everybody and shown from behind that person on.

    Raises NotAllowed and Refused; the look is recorded.
    """
    campaign = await find_campaign(session, actor, campaign_id)
    begin = await pseudonym_of(session, actor, after) if after else ""
    beside = await beside_of(session, campaign)
    shown = await people_of(session, campaign, after=begin, most=most + 1, beside=beside)
    ahead = await look_ahead(session, campaign, beside)
    counts = ahead.counts
    audit.done_by(session, actor, "campaign.previewed", campaign.id, people=len(shown[:most]))
    by_facts = await places(session, campaign, (person.facts for person in shown))
    invited = await _invited_by(session, actor, [person.id for person in shown])
    lines = [
        _line(person, by_facts[person.facts], invited=person.id in invited) for person in shown
    ]
    included = counts.pop(None, 0)
    excluded = {why: count for why, count in counts.items() if why is not None}
    people = included + sum(excluded.values())
    return Preview(
        Page.of(lines, most),
        people,
        included,
        excluded,
        ahead.outlook,
        ahead.beside,
        await that_come_again(session, campaign),
    )


async def look_ahead(
    session: Session, campaign: Campaign, beside: ColumnElement[bool] = NOT_LOOKED_FOR
) -> Ahead:
    """`beside`: as of beside_of, for whoever is to be told; a start needs none of it."""
    kinds = await tally(session, campaign, beside)
    by_facts = await places(session, campaign, kinds)
    counts: Counter[Exclusion | None] = Counter()
    due: Counter[datetime] = Counter()
    also_asked = 0
    for facts, count in kinds.items():
        place = by_facts[facts]
        counts[place.excluded] += count
        if place.excluded is None and place.times is not None:
            due[place.times.due_at] += count
            also_asked += count if facts.beside else 0
    questions = len((await asked_in(session, campaign)).asked(private=True))
    return Ahead(counts, await outlook(session, campaign, due, questions), also_asked)


async def beside_of(session: Session, campaign: Campaign) -> ColumnElement[bool]:
    """Whether something else asks somebody within the hour. Looked for person by person only where
    there is anything to find.
    """
    return is_beside(campaign) if await anything_beside(session, campaign) else NOT_LOOKED_FOR


async def _invited_by(session: Session, actor: Actor, people: Sequence[UUID]) -> set[UUID]:
    """Those among them who came by an invite of this colleague."""
    found = await session.scalars(
        select(Enrolment.returnee_id)
        .join(Invite, Invite.id == Enrolment.invite_id)
        .where(Enrolment.returnee_id.in_(people), Invite.issued_by == actor.staff_id)
    )
    return set(found)


def _line(person: Person, place: Place, *, invited: bool) -> Line:
    asked = place.excluded in (None, Exclusion.NO_CONSENT)
    due_at = place.times.due_at if place.times else None
    why_not = Exclusion.NOT_SHOWN if invited and asked else place.excluded
    return Line(
        person.id,
        person.pseudonym,
        due_at.astimezone(zone(person.facts.time_zone)) if due_at else None,
        due_at.astimezone(UTC) if due_at else None,
        why_not,
        # What is planned otherwise would say what they agreed to, too.
        beside=person.facts.beside and why_not is None,
    )
