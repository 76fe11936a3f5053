"""Somebody on a pathway: put on it, moved along it, paused, taken off; everything that was planned
is planned anew in the same transaction.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from domain import audit
from domain.actors import Actor
from domain.calendar import instant, local_day, zone
from domain.consent.turning_points import days_of as turning_points_of
from domain.consent.turning_points import expect_arrival
from domain.errors import Refused
from domain.pathways import shelf
from domain.pathways.planning import Line, Row, Wanted, difference, stage_at, wanted
from domain.pathways.rows import carry_out, rows_of
from domain.pathways.values import Anchor, Days, Pathway
from domain.returnees.enrolments import has_invited
from domain.returnees.keys import data_key
from domain.returnees.person import find_returnee, lock_person
from storage.sessions import Session
from storage.tables.pathways import OnPathway
from storage.tables.returnees import Returnee

_CONTEXT = "journey"
# Nobody plans a journey for the next century.
_FIRST, _LAST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: on which pathway, and the days that it is reckoned from."""

    #: A key of the shelf; "" for none.
    pathway: str = ""
    days: Days = field(default_factory=dict)
    #: The optional stages that are theirs, by key.
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """How far somebody came, and what is still to come."""

    place: Place
    pathway: Pathway | None
    on: OnPathway | None
    lines: Sequence[Line]


async def course_of(
    session: Session, returnee: Returnee, organisation_id: UUID, *, tells: bool = True
) -> Course:
    """With that organisation; `tells` as for `difference`."""
    on = await _row(session, returnee.id, organisation_id)
    if on is None:
        return Course(Place(days=await _known_days(session, returnee)), None, None, ())
    place = await _place(session, on)
    pathway = await shelf.edition(session, organisation_id, on.pathway)
    lines = await _lines(session, returnee, organisation_id, pathway, place, tells=tells)
    return Course(place, pathway, on, lines)


async def as_they_stand(session: Session, returnee: Returnee, own: Days) -> Days:
    """The days for whoever is about to change them: as anybody who accompanies the person wrote
    them down last, or took them back, and not as one organisation's pathway knows them. When they
    come home again after they moved on, that pathway alone knows.
    """
    known = dict(await _known_days(session, returnee))
    if returnee.arrived_at is not None and Anchor.ARRIVAL in own:
        known[Anchor.ARRIVAL] = own[Anchor.ARRIVAL]
    return known


async def for_everybody(session: Session, returnee: Returnee, days: Days, stood: Days) -> Days:
    """The days that hold for all who accompany the person once these are kept by somebody who saw
    them as they `stood`: what was not changed stays as others wrote it down meanwhile.
    """
    known = await _known_days(session, returnee)
    return _written(
        {each: (known if days.get(each) == stood.get(each) else days).get(each) for each in Anchor}
    )


async def propose(
    session: Session, actor: Actor, returnee_id: UUID, place: Place
) -> tuple[Pathway | None, list[Line]]:
    """What putting somebody there would change, but for what would tell whoever invited them what
    they agreed to. Changes nothing. Raises NotAllowed and Refused.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    pathway = await _chosen(session, actor, returnee, place)
    tells = not await has_invited(session, actor, returnee.id)
    lines = await _lines(session, returnee, actor.organisation_id, pathway, place, tells=tells)
    return pathway, lines


async def put(session: Session, actor: Actor, returnee_id: UUID, place: Place, stood: Days) -> None:
    """Somebody is there from now on, and what was planned follows. Raises NotAllowed and Refused.

    Whoever stays on their pathway stays on their version of it. The pathway counts from the days of
    the place; for others who accompany the person only those change that `stood` otherwise before.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    pathway = await _chosen(session, actor, returnee, place)
    days = await for_everybody(session, returnee, place.days, stood)
    arrival = days.get(Anchor.ARRIVAL)
    expected = (await turning_points_of(session, returnee.id)).arrives
    if returnee.arrived_at is None and arrival != expected:
        await expect_arrival(session, actor, returnee.id, arrival)
    returnee.arrived_at = arrived_by(returnee, days, session.now)
    returnee.departs_on = days.get(Anchor.DEPARTURE)
    await _go_on(session, returnee, actor.organisation_id, pathway, place)
    audit.done_by(
        session,
        actor,
        "pathway.placed" if pathway else "pathway.left",
        returnee.id,
        **({"pathway": pathway.edition} if pathway else {}),
    )


async def set_arrival(session: Session, actor: Actor, returnee_id: UUID, day: date | None) -> None:
    """When their journey should be over; None takes it back. Raises NotAllowed and Refused."""
    returnee = await find_returnee(session, actor, returnee_id)
    on = await _row(session, returnee.id, actor.organisation_id)
    if on is None:
        await expect_arrival(session, actor, returnee_id, day)
        return
    place = await _place(session, on)
    stood = await as_they_stand(session, returnee, place.days)
    days = _written({**stood, Anchor.ARRIVAL: day})
    await put(session, actor, returnee_id, replace(place, days=days), stood)


def arrived_by(returnee: Returnee, days: Days, now: datetime) -> datetime | None:
    """When they came, as the days say it, if they have come: what campaigns count from."""
    day = days.get(Anchor.ARRIVAL)
    if returnee.arrived_at is None or day is None:
        return returnee.arrived_at
    place = zone(returnee.time_zone)
    if returnee.arrived_at.astimezone(place).date() == day or day > now.astimezone(place).date():
        return returnee.arrived_at
    return instant(datetime.combine(day, time(12)), place)


async def begin(session: Session, returnee: Returnee, organisation_id: UUID, key: str) -> None:
    """Somebody came by an invite to that pathway. Its days are to be written down by staff."""
    await lock_person(session, returnee.id)
    if await _row(session, returnee.id, organisation_id) is None:
        days = await _known_days(session, returnee)
        pathway = await shelf.newest(session, organisation_id, key)
        await _go_on(session, returnee, organisation_id, pathway, Place(key, days))


async def plan_anew(session: Session, returnee: Returnee) -> None:
    """Where they are changed, and so the clock that they live by."""
    await lock_person(session, returnee.id)
    found = await session.scalars(select(OnPathway).where(OnPathway.returnee_id == returnee.id))
    for on in found.all():
        pathway = await shelf.edition(session, on.organisation_id, on.pathway)
        await _go_on(session, returnee, on.organisation_id, pathway, await _place(session, on))


async def go_on_with(
    session: Session, returnee_id: UUID, organisation_id: UUID, edition: str
) -> None:
    """With another version of their pathway, if they are still to."""
    await lock_person(session, returnee_id)
    on = await _row(session, returnee_id, organisation_id)
    if on is None or on.moves_to != edition:
        return
    on.moves_to = None
    if _key(on.pathway) != _key(edition):
        # Somebody put them on another one while all were told to move.
        return
    returnee = await session.get_one(Returnee, returnee_id)
    pathway = await shelf.edition(session, organisation_id, edition)
    await _go_on(session, returnee, organisation_id, pathway, await _place(session, on))


async def reach_stage(session: Session, on: OnPathway) -> None:
    """By now; nothing is planned anew."""
    returnee = await session.get_one(Returnee, on.returnee_id)
    pathway = await shelf.edition(session, on.organisation_id, on.pathway)
    place = await _place(session, on)
    steps = wanted(pathway, place.days, place.chosen, zone(returnee.time_zone))
    on.stage, on.stage_until = stage_at(steps, session.now)


async def _go_on(
    session: Session,
    returnee: Returnee,
    organisation_id: UUID,
    pathway: Pathway | None,
    place: Place,
) -> None:
    lines = await _lines(session, returnee, organisation_id, pathway, place)
    on = await _row(session, returnee.id, organisation_id)
    if pathway is None:
        if on is not None:
            await session.delete(on)
    else:
        if on is None:
            on = OnPathway(
                returnee_id=returnee.id, organisation_id=organisation_id, since=session.now
            )
            session.add(on)
        if on.moves_to is not None and _key(on.moves_to) != pathway.key:
            on.moves_to = None
        on.pathway = pathway.edition
        on.days = await _sealed(session, returnee.id, place.days)
        on.asks_until = _asks_until(lines)
        on.stage, on.stage_until = stage_at(_steps(lines), session.now)
        on.chosen = [stage.key for stage in pathway.optional if stage.key in place.chosen]
    await carry_out(session, returnee.id, organisation_id, pathway, lines)


def _key(edition: str) -> str:
    """Which pathway that is a version of."""
    return edition.rpartition("@")[0]


def _steps(lines: Iterable[Line]) -> Iterator[Wanted]:
    return (line.wanted for line in lines if line.wanted is not None)


def _asks_until(lines: Iterable[Line]) -> datetime | None:
    """None while the last of them hangs on a day that nobody knows."""
    asked = [step.due_at for step in _steps(lines) if step.asks]
    return max(filter(None, asked)) if asked and asked[-1] else None


async def _lines(
    session: Session,
    returnee: Returnee,
    organisation_id: UUID,
    pathway: Pathway | None,
    place: Place,
    *,
    tells: bool = True,
) -> list[Line]:
    rows: Iterable[Row] = await rows_of(session, returnee.id, organisation_id)
    steps = wanted(pathway, place.days, place.chosen, zone(returnee.time_zone)) if pathway else ()
    return difference(pathway, steps, list(rows), session.now, tells=tells)


async def _chosen(
    session: Session, actor: Actor, returnee: Returnee, place: Place
) -> Pathway | None:
    if any(not _FIRST <= day < _LAST for day in place.days.values()):
        raise Refused("Choose a day.")
    on = await _row(session, returnee.id, actor.organisation_id)
    travels = on is not None and on.paused_at is not None
    if returnee.arrived_at is not None and not travels:
        today = local_day(session.now, returnee.time_zone)
        if place.days.get(Anchor.ARRIVAL, today) > today:
            raise Refused(
                "They are back already: the day of their return can't lie ahead. "
                "If they travel again, choose that they move on."
            )
    if not place.pathway:
        return None
    if on is not None and _key(on.pathway) == place.pathway:
        return await shelf.edition(session, actor.organisation_id, on.pathway)
    return await shelf.newest(session, actor.organisation_id, place.pathway)


async def _row(session: Session, returnee_id: UUID, organisation_id: UUID) -> OnPathway | None:
    return await session.get(OnPathway, (returnee_id, organisation_id), populate_existing=True)


async def _place(session: Session, on: OnPathway) -> Place:
    days: dict[Anchor, date] = {}
    if on.days is not None:
        kept = json.loads((await data_key(session, on.returnee_id)).open(on.days, _CONTEXT))
        days = {Anchor(anchor): date.fromisoformat(day) for anchor, day in kept.items()}
    return Place(_key(on.pathway), days, tuple(on.chosen))


async def _sealed(session: Session, returnee_id: UUID, days: Days) -> bytes | None:
    if not days:
        return None
    kept = {anchor: day.isoformat() for anchor, day in days.items()}
    return (await data_key(session, returnee_id)).seal(json.dumps(kept), _CONTEXT)


async def _known_days(session: Session, returnee: Returnee) -> Days:
    """To all who accompany them, on a pathway or on none."""
    return _written(
        {
            Anchor.DEPARTURE: returnee.departs_on,
            Anchor.ARRIVAL: await _arrival(session, returnee),
        }
    )


def _written(days: Mapping[Anchor, date | None]) -> Days:
    return {anchor: day for anchor, day in days.items() if day is not None}


async def _arrival(session: Session, returnee: Returnee) -> date | None:
    """As staff wrote it down, or as it turned out."""
    expected = (await turning_points_of(session, returnee.id)).arrives
    if expected is not None or returnee.arrived_at is None:
        return expected
    return local_day(returnee.arrived_at, returnee.time_zone)
