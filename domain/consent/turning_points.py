"""Days that staff write down and after which somebody is asked anew: arrival, and turning 18.

Of the birthday only the month is kept. Both lie sealed: the tick opens them, and no query knows
them.
"""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from domain import audit
from domain.actors import Actor
from domain.calendar import instant, local_day, zone
from domain.children.deciding import forget_decisions
from domain.consent.renewal import arrive, renew
from domain.errors import Refused
from domain.illegible import if_legible
from domain.one_by_one import each_by_itself
from domain.returnees.keys import data_key
from domain.returnees.person import find_returnee
from storage.batches import at_most
from storage.kinds import AgeBand, Renewing
from storage.sessions import Session
from storage.tables.returnees import Returnee, TurningPoints

_CONTEXT = "turning points"
_EVERY = timedelta(hours=6)
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Days:
    arrives: date | None = None
    #: The first day of the month of the 18th birthday.
    turns_18: date | None = None


async def days_of(session: Session, returnee_id: UUID) -> Days:
    """What staff wrote down of this person and has not passed yet."""
    row = await session.get(TurningPoints, returnee_id, populate_existing=True)
    if row is None:
        return Days()
    kept = json.loads((await data_key(session, returnee_id)).open(row.days, _CONTEXT))
    return Days(**{name: date.fromisoformat(day) for name, day in kept.items()})


async def expect_arrival(
    session: Session, actor: Actor, returnee_id: UUID, day: date | None
) -> None:
    """When their journey should be over; None takes it back. Raises NotAllowed and Refused."""
    returnee = await find_returnee(session, actor, returnee_id)
    if day is not None and returnee.arrived_at is not None:
        raise Refused("They have arrived already.")
    await _keep(session, returnee.id, replace(await days_of(session, returnee.id), arrives=day))
    audit.done_by(session, actor, "person.arrival", returnee.id)


async def expect_majority(
    session: Session, actor: Actor, returnee_id: UUID, month: date | None
) -> None:
    """The month of their 18th birthday; None takes it back. One that is over would say that they
    are no child, which not everybody may. Raises NotAllowed and Refused.
    """
    returnee = await find_returnee(session, actor, returnee_id)
    first = month.replace(day=1) if month is not None else None
    if first is not None and _is_over(first, local_day(session.now, returnee.time_zone)):
        raise Refused("That month has passed: give the one in which they turn 18.")
    await _keep(session, returnee.id, replace(await days_of(session, returnee.id), turns_18=first))
    audit.done_by(session, actor, "person.majority", returnee.id)


async def bring_majority(session: Session, stray_id: UUID, returnee_id: UUID) -> None:
    """The month that was written down before anybody knew who this is, where there is none of
    theirs.
    """
    there, here = [
        await if_legible(days_of(session, each)) or Days() for each in (stray_id, returnee_id)
    ]
    if here.turns_18 is None and there.turns_18 is not None:
        await _keep(session, returnee_id, replace(here, turns_18=there.turns_18))


async def pass_turning_points(session: Session) -> int:
    """The tick: looks whether some of those days have come. Returns how many were looked at.
    Whoever else is at the same person just now goes first.

    Needs the service's scope.
    """
    due = await session.scalars(
        select(TurningPoints)
        .join(Returnee, Returnee.id == TurningPoints.returnee_id)
        .where(TurningPoints.looked_at <= session.now - _EVERY)
        .order_by(TurningPoints.looked_at)
        .limit(at_most(_BATCH))
        .with_for_update(of=(TurningPoints, Returnee), key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = due.all()
    await each_by_itself(session, rows, _look, _leave, "turning-points.failed")
    return len(rows)


async def _look(session: Session, row: TurningPoints) -> None:
    returnee = await session.get_one(Returnee, row.returnee_id)
    days = await days_of(session, returnee.id)
    today = local_day(session.now, returnee.time_zone)
    if days.arrives is not None and days.arrives < today:
        place = zone(returnee.time_zone)
        await arrive(session, returnee, instant(datetime.combine(days.arrives, time(12)), place))
        days = replace(days, arrives=None)
    if days.turns_18 is not None and _is_over(days.turns_18, today):
        if returnee.age_band is not AgeBand.ADULT:
            await _come_of_age(session, returnee)
        days = replace(days, turns_18=None)
    await _keep(session, returnee.id, days)


def _is_over(month: date, today: date) -> bool:
    """The day of the birthday is not kept, so the whole month has to be."""
    return month < today.replace(day=1)


async def _come_of_age(session: Session, returnee: Returnee) -> None:
    """What was decided for the child ends, and the adult is asked anew."""
    returnee.age_band, returnee.said_child_at = AgeBand.ADULT, None
    returnee.child_in = None
    await forget_decisions(session, returnee.id)
    await renew(session, returnee, Renewing.ADULT)


async def _keep(session: Session, returnee_id: UUID, days: Days) -> None:
    row = await session.get(TurningPoints, returnee_id)
    kept = {
        name: day.isoformat()
        for name, day in (("arrives", days.arrives), ("turns_18", days.turns_18))
        if day is not None
    }
    if not kept:
        if row is not None:
            await session.delete(row)
    else:
        key = await data_key(session, returnee_id)
        sealed = key.seal(json.dumps(kept), _CONTEXT)
        if row is None:
            row = TurningPoints(returnee_id=returnee_id)
            session.add(row)
        row.days, row.looked_at = sealed, session.now
    await session.flush()


async def _leave(session: Session, row: TurningPoints) -> None:
    row.looked_at = session.now
