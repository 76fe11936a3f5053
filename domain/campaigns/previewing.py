"""Who would get what, when, and who not, before anything starts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from domain import audit
from domain.actors import Actor, By
from domain.calendar import zone
from domain.campaigns.beside import anything_beside, is_beside, that_come_again
from domain.campaigns.drafting import find_campaign
from domain.campaigns.facts import Also, Candidate, people_of, tally
from domain.campaigns.outlook import Outlook, outlook
from domain.campaigns.placing import Place, asked_in, places
from domain.check_ins.eligibility import Exclusion
from domain.paging import MOST, Page
from domain.returnees.enrolments import invited_by, pseudonym_of
from storage.sessions import Session
from storage.tables.campaigns import Campaign
from storage.tables.returnees import Enrolment

# Who is asked, as far as whoever looks may know.
_ASKED = (None, Exclusion.NOT_SHOWN)


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
    #: The same where it starts without the time in which that can be taken back.
    excluded_at_once: Exclusion | None
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
    #: Whether anybody gets it, as far as whoever looks may know.
    anybody: bool
    #: How many are included where it starts without the time in which that can be taken back.
    included_at_once: int
    #: Whether anybody gets it then.
    anybody_at_once: bool

    @property
    def is_whole(self) -> bool:
        """Whether nobody else gets it than those who count as included, however it is started."""
        hidden = Exclusion.NOT_SHOWN in self.excluded
        return not hidden and self.included_at_once == self.included


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many would get it, under None, and how many not, by reason; and what that leads to.

    Whoever looks does not learn what those agreed to whom they invited: they count as not shown,
    and as if they were asked.
    """

    counts: Counter[Exclusion | None]
    #: The same where it starts without the time in which that can be taken back.
    counts_at_once: Counter[Exclusion | None]
    outlook: Outlook
    beside: int

    @property
    def anybody(self) -> bool:
        return any(self.counts[each] for each in _ASKED)

    @property
    def anybody_at_once(self) -> bool:
        return any(self.counts_at_once[each] for each in _ASKED)


async def preview(
    session: Session, actor: Actor, campaign_id: UUID, after: UUID | None = None, most: int = MOST
) -> Preview:
    """As things stand now, counted over everybody and shown after that person.

    Raises NotAllowed and Refused; the look is recorded.
    """
    campaign = await find_campaign(session, actor, campaign_id)
    begin = await pseudonym_of(session, actor, after) if after else ""
    also = await also_of(session, actor, campaign)
    shown = await people_of(session, campaign, after=begin, most=most + 1, also=also)
    ahead = await look_ahead(session, campaign, also)
    anybody, counts = ahead.anybody, ahead.counts
    audit.done_by(session, actor, "campaign.previewed", campaign.id, people=len(shown[:most]))
    by_facts = await places(session, campaign, (person.facts for person in shown))
    lines = [_line(person, by_facts[person.facts]) for person in shown]
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
        anybody,
        ahead.counts_at_once[None],
        ahead.anybody_at_once,
    )


async def look_ahead(session: Session, campaign: Campaign, also: Also) -> Ahead:
    """`also`: as of also_of; a start needs to know nothing of what else asks people."""
    kinds = await tally(session, campaign, also)
    by_facts = await places(session, campaign, kinds)
    counts: Counter[Exclusion | None] = Counter()
    counts_at_once: Counter[Exclusion | None] = Counter()
    due: Counter[datetime] = Counter()
    also_asked = 0
    for facts, count in kinds.items():
        place = by_facts[facts]
        counts[place.excluded] += count
        counts_at_once[place.excluded_at_once] += count
        if place.excluded in _ASKED and place.times is not None:
            due[place.times.due_at] += count
        # What is planned otherwise would say what they agreed to, too.
        also_asked += count if facts.beside and place.excluded is None else 0
    leads_to = await outlook(session, campaign, due, await asked_in(session, campaign))
    return Ahead(counts, counts_at_once, leads_to, also_asked)


async def also_of(session: Session, actor: By, campaign: Campaign) -> Also:
    """What asks somebody besides is looked for person by person only where there is anything to
    find.
    """
    own = invited_by(actor, Enrolment.returnee_id)
    if await anything_beside(session, campaign):
        return Also(is_beside(campaign), own)
    return Also(own=own)


def _line(person: Candidate, place: Place) -> Line:
    due_at = place.times.due_at if place.times else None
    return Line(
        person.id,
        person.pseudonym,
        due_at.astimezone(zone(person.facts.time_zone)) if due_at else None,
        due_at.astimezone(UTC) if due_at else None,
        place.excluded,
        place.excluded_at_once,
        beside=person.facts.beside and place.excluded is None,
    )
