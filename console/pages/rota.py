"""Who is on duty when: planning it, and handing shifts on."""

from datetime import date, time, timedelta
from uuid import UUID

from starlette.responses import Response

from console.forms import fields
from console.forms.refilling import ONCE, SEEN
from console.visit import Visit
from domain.cases import terms as within
from domain.cases.terms import Terms
from domain.duty import drills, shifts, swaps, time_off, weekly
from domain.duty.board import read_board
from domain.duty.declaring import declare_hours, name_fallback, set_terms
from domain.duty.readiness import WEEK
from domain.duty.reading import read_rota
from domain.marks import N_

_WEEKDAYS = range(7)
_DIGITS = frozenset(str(day) for day in _WEEKDAYS)
# Calendars end somewhere: nobody plans further ahead or looks further back.
_FAR = timedelta(days=3650)


async def show(visit: Visit) -> Response:
    async with visit.begin() as session:
        today = session.now.astimezone(visit.me.place).date()
        rota = await read_rota(session, visit.actor, _asked_day(visit, today))
        first_day = rota.days[0].day
        return await visit.show(
            session,
            "rota.html",
            rota=rota,
            today=today,
            before=first_day - WEEK,
            after=first_day + WEEK,
            this_week=first_day <= today < first_day + WEEK,
            within=within,
        )


async def show_board(visit: Visit) -> Response:
    async with visit.begin() as session:
        board = await read_board(session, visit.actor)
        return await visit.show(session, "board.html", board=board)


async def plan_weekly(visit: Visit) -> Response:
    staff_id, (begins, ends) = await _who(visit), await _hours(visit)
    days = [int(each) for each in await visit.fields("day") if each in _DIGITS]
    first_day = fields.day(await visit.field("first_day"))
    wanted = weekly.EveryWeek(days, begins, ends, first_day)
    async with visit.begin() as session:
        await weekly.plan_weekly(session, visit.actor, staff_id, wanted, await visit.field(ONCE))
    return visit.go("/rota", N_("These shifts are planned."))


async def end_weekly(visit: Visit) -> Response:
    async with visit.begin() as session:
        await weekly.end_weekly(session, visit.actor, visit.id)
    return visit.go("/rota", N_("These shifts have ended."))


async def plan_once(visit: Visit) -> Response:
    staff_id, (begins, ends) = await _who(visit), await _hours(visit)
    day = fields.day(await visit.field("first_day"))
    async with visit.begin() as session:
        await shifts.plan_once(session, visit.actor, staff_id, day, begins, ends)
    return visit.go("/rota", N_("The shift is planned."))


async def call_off(visit: Visit) -> Response:
    async with visit.begin() as session:
        await shifts.call_off(session, visit.actor, visit.id)
    return visit.go("/rota", N_("The shift is called off."))


async def take_off(visit: Visit) -> Response:
    staff_id = await _who(visit) if await visit.field("staff") else None
    first = fields.day(await visit.field("first_day"))
    last = fields.day(await visit.field("last_day"))
    async with visit.begin() as session:
        await time_off.take_off(
            session, visit.actor, staff_id, first, last, await visit.field(ONCE)
        )
    return visit.go("/rota", N_("Noted. Shifts of those days are called off."))


async def end_time_off(visit: Visit) -> Response:
    async with visit.begin() as session:
        await time_off.end_time_off(session, visit.actor, visit.id)
    return visit.go("/rota", N_("Their shifts take place again."))


async def declare(visit: Visit) -> Response:
    """Days of which both times are empty have no hours."""
    hours = {}
    for day in _WEEKDAYS:
        given = await visit.field(f"begins-{day}"), await visit.field(f"ends-{day}")
        if any(given):
            hours[day] = _times(*given)
    async with visit.begin() as session:
        await declare_hours(session, visit.actor, hours, await visit.field(SEEN) or None)
    return visit.go("/rota", N_("These are the declared hours now."))


async def fall_back(visit: Visit) -> Response:
    named = [_colleague(each) for each in await visit.fields("staff") if each]
    async with visit.begin() as session:
        await name_fallback(session, visit.actor, named, await visit.field(SEEN) or None)
    return visit.go("/rota", N_("They are called when nobody is on duty."))


async def promise(visit: Visit) -> Response:
    """How soon somebody acts, and for how long a closed case opens again."""
    terms = Terms(
        fields.number(await visit.field("emergency")),
        fields.number(await visit.field("urgent")),
        [int(each) for each in await visit.fields("working_day") if each in _DIGITS],
        fields.number(await visit.field("reopens")),
    )
    async with visit.begin() as session:
        await set_terms(session, visit.actor, terms, await visit.field(SEEN) or None)
    return visit.go("/rota", N_("This holds for what happens from now on."))


async def start_drill(visit: Visit) -> Response:
    async with visit.begin() as session:
        await drills.start(session, visit.actor)
    return visit.go("/rota", N_("The drill has begun: everyone on duty is called."))


async def answer_drill(visit: Visit) -> Response:
    async with visit.begin() as session:
        await drills.answer(session, visit.actor, visit.id)
    return visit.go("/rota", N_("Thank you: your answer counts."))


async def offer(visit: Visit) -> Response:
    to = await visit.field("staff")
    async with visit.begin() as session:
        await swaps.offer(session, visit.actor, visit.id, _colleague(to) if to else None)
    return visit.go("/rota", N_("Offered. It stays yours until a colleague takes it."))


async def keep(visit: Visit) -> Response:
    async with visit.begin() as session:
        await swaps.keep(session, visit.actor, visit.id)
    return visit.go("/rota", N_("The shift stays yours."))


async def take(visit: Visit) -> Response:
    async with visit.begin() as session:
        await swaps.take(session, visit.actor, visit.id)
    return visit.go("/rota", N_("The shift is yours now."))


def _asked_day(visit: Visit, today: date) -> date:
    """Of the week that the address says; what it says wrongly is this week."""
    try:
        asked = date.fromisoformat(visit.request.query_params.get("week", ""))
    except ValueError:
        return today
    return asked if abs(asked - today) < _FAR else today


async def _hours(visit: Visit) -> tuple[time, time]:
    return _times(await visit.field("begins"), await visit.field("ends"))


def _times(begins: str, ends: str) -> tuple[time, time]:
    otherwise = N_("Choose from when and until when.")
    return fields.time_of_day(begins, otherwise), fields.time_of_day(ends, otherwise)


async def _who(visit: Visit) -> UUID:
    return _colleague(await visit.field("staff"))


def _colleague(given: str) -> UUID:
    return fields.identifier(given, N_("Choose somebody of your team who works on cases."))
