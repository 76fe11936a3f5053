"""Who would get what, when, and who not, before anything starts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from domain.actors import Actor
from domain.campaigns.drafting import find_campaign, record
from domain.campaigns.planning import Planned, plan
from domain.check_ins.eligibility import Exclusion
from domain.organisations import zone
from storage.sessions import Session


@dataclass(frozen=True, slots=True)
class Line:
    pseudonym: str
    #: The same instant on the person's own clock and in UTC.
    local: datetime
    utc: datetime
    excluded: Exclusion | None


@dataclass(frozen=True, slots=True)
class Preview:
    """Everyone whom the organisation has. For the console's eyes: it names persons."""

    lines: tuple[Line, ...]
    included: int
    excluded: Mapping[Exclusion, int]


async def preview(session: Session, actor: Actor, campaign_id: UUID) -> Preview:
    """As things stand now. Raises NotAllowed and Refused; the look is recorded."""
    campaign = await find_campaign(session, actor, campaign_id)
    lines = tuple(_line(planned) for planned in await plan(session, campaign))
    record(session, actor, campaign, "campaign.previewed", people=len(lines))
    excluded = Counter(line.excluded for line in lines if line.excluded is not None)
    return Preview(lines, len(lines) - excluded.total(), excluded)


def _line(planned: Planned) -> Line:
    place = zone(planned.returnee.time_zone)
    return Line(
        planned.pseudonym,
        planned.due_at.astimezone(place),
        planned.due_at.astimezone(UTC),
        planned.excluded,
    )
