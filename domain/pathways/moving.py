"""Somebody is in another country now: all that is still to come follows them there."""

from uuid import UUID

from sqlalchemy import select

from domain import audit
from domain.actors import Actor
from domain.check_ins.moving import move
from domain.errors import Refused
from domain.organisations import as_zone
from domain.pathways.lands import clock_in
from domain.pathways.placing import plan_anew
from domain.returnees.person import find_returnee
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.audit import AuditEntry
from storage.tables.organisations import Organisation
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee, Safety

#: What the ledger says of a worker who wrote down where somebody is: they live there, or moved on.
MOVED_ON = "person.moved-on"
_WRITTEN_DOWN = "person.country"


async def be_in(session: Session, returnee: Returnee, country: str, time_zone: str) -> None:
    """Where the person says they are now: the country, and nothing closer (P14)."""
    if country != returnee.country:
        returnee.region = None
    returnee.country = country
    await _live_by(session, returnee, time_zone)


async def come_to(session: Session, returnee: Returnee, country: str) -> None:
    """The same, by the clock that is there. Raises Refused where nobody knows one."""
    time_zone = await clock_in(session, country)
    if time_zone is None:
        raise Refused("Choose a country.")
    await be_in(session, returnee, country, time_zone)


async def be_where_they_said(session: Session, returnee: Returnee, stray: Returnee) -> None:
    """The person turns out to be this stray, who was taken to be where the organisation is until
    they said otherwise: that they did later than on the phone before. Hours that they chose there
    are hours of the clock that stood beside them. What a worker wrote down since is newer still.
    """
    if await _was_written_down_since(session, returnee, stray):
        return
    came_to = await session.scalar(
        select(Organisation)
        .join(Enrolment, Enrolment.organisation_id == Organisation.id)
        .where(Enrolment.returnee_id == stray.id)
        .order_by(Enrolment.from_at)
        .limit(at_most(1))
    )
    taken_to_be = (came_to.country, came_to.time_zone) if came_to else None
    if stray.country is not None and (stray.country, stray.time_zone) != taken_to_be:
        await be_in(session, returnee, stray.country, stray.time_zone)
    elif (await session.get_one(Safety, stray.id)).window is not None:
        await _live_by(session, returnee, stray.time_zone)


async def _was_written_down_since(session: Session, returnee: Returnee, stray: Returnee) -> bool:
    """Whether the last that workers wrote down of where they are, since the stray came, was said
    of the person.
    """
    keeping = select(Enrolment.organisation_id).where(
        Enrolment.returnee_id.in_((returnee.id, stray.id))
    )
    last = await session.scalar(
        select(AuditEntry.subject)
        .where(
            AuditEntry.organisation_id.in_(keeping),
            AuditEntry.at > stray.created_at,
            AuditEntry.action.in_((_WRITTEN_DOWN, MOVED_ON)),
            AuditEntry.subject.in_((returnee.id, stray.id)),
        )
        .order_by(AuditEntry.at.desc())
        .limit(at_most(1))
    )
    return last == returnee.id


async def choose_clock(session: Session, organisation: Organisation, time_zone: str) -> None:
    """By which the organisation works from now on, an IANA name. Whoever is with it in its country
    and had the clock of before follows, with all that is planned. Raises Refused.
    """
    before, organisation.time_zone = organisation.time_zone, as_zone(time_zone)
    there = (
        select(Returnee)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(
            Enrolment.organisation_id == organisation.id,
            STILL_ENROLLED,
            Returnee.country.is_not_distinct_from(organisation.country),
            Returnee.time_zone == before,
        )
        .order_by(Returnee.id)
        .with_for_update(of=Returnee, key_share=True)
    )
    for returnee in (await session.scalars(there)).all():
        await _live_by(session, returnee, organisation.time_zone)
    audit.record(session, organisation.id, "clock.chosen", zone=organisation.time_zone)


async def write_down_country(
    session: Session, actor: Actor, returnee_id: UUID, country: str
) -> None:
    """Nothing rests for it, and nothing is asked anew. Raises NotAllowed and Refused.

    Needs the service's scope.
    """
    await be_there(session, actor, returnee_id, country)
    audit.done_by(session, actor, _WRITTEN_DOWN, returnee_id)


async def be_there(session: Session, actor: Actor, returnee_id: UUID, country: str) -> Returnee:
    """In another country, as they said it to a worker. Raises NotAllowed and Refused."""
    returnee = await find_returnee(session, actor, returnee_id)
    if country == returnee.country:
        raise Refused("They are in that country already.")
    await come_to(session, returnee, country)
    return returnee


async def _live_by(session: Session, returnee: Returnee, time_zone: str) -> None:
    before, returnee.time_zone = returnee.time_zone, time_zone
    await move(session, returnee, from_=before)
    if returnee.time_zone != before:
        await plan_anew(session, returnee)
