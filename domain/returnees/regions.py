"""The region where somebody is: as coarse as the directory has it, and only if they agree (P14)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.returnees.person import find_returnee, seen_by_role
from storage.sessions import Session
from storage.tables.directory import DirectoryService
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee
from storage.tables.safeguarding import seen_by

_OF_COUNTRY = "$.locations[*] ? (@.country == $country).state_province"


async def regions_of(session: Session, country: str | None) -> Sequence[str]:
    """Those of which the directory has something, by name."""
    if country is None:
        return []
    of_country = func.jsonb_build_object("country", country)
    found = await session.scalars(
        select(
            func.jsonb_path_query(
                DirectoryService.document, cast(_OF_COUNTRY, JSONPATH), of_country, type_=JSONB
            )
        ).distinct()
    )
    return sorted(name for name in found if name)


async def regions_there(session: Session, actor: Actor) -> Sequence[str]:
    """Where people of the organisation are, each as "country/region". Raises NotAllowed."""
    actor.ensure_may(Right.SEE_PEOPLE)
    found = await session.scalars(
        select(Returnee.country + "/" + Returnee.region)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(
            Enrolment.organisation_id == actor.organisation_id,
            STILL_ENROLLED,
            Returnee.region.is_not(None),
            seen_by(actor.staff_id, Enrolment.returnee_id),
            seen_by_role(actor, Returnee.id),
        )
        .distinct()
    )
    return sorted(each for each in found if each)


async def say_region(session: Session, returnee: Returnee, region: str | None) -> None:
    """As the person themselves says it in the chat; None takes it back. Raises Refused."""
    await _ensure_there(session, returnee, region)
    returnee.region = region


async def write_down_region(
    session: Session, actor: Actor, returnee_id: UUID, region: str | None, *, agreed: bool
) -> None:
    """As they said it to a worker; None takes it back. Raises NotAllowed and Refused."""
    returnee = await find_returnee(session, actor, returnee_id)
    if region is not None and not agreed:
        raise Refused("Ask them first: their region is written down only if they agree.")
    await _ensure_there(session, returnee, region)
    returnee.region = region
    audit.done_by(session, actor, "person.region", returnee.id)


async def _ensure_there(session: Session, returnee: Returnee, region: str | None) -> None:
    """Raises Refused: nothing closer than a region has a place here."""
    if region is not None and region not in await regions_of(session, returnee.country):
        raise Refused("There is no such region in the directory.")
