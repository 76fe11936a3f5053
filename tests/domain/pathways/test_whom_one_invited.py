"""Whoever invited somebody learns from no page of their pathway whether they agreed (P5)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from domain.actors import Actor
from domain.check_ins.sending import send_due
from domain.pathways.drafting import still_to_come
from domain.pathways.pausing import pause
from domain.pathways.placing import Place, course_of, propose, put
from domain.pathways.planning import Change
from domain.pathways.standing import Standing, standing
from domain.pathways.telling import tell_due
from domain.pathways.values import Anchor
from storage.kinds import CheckInState, Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import Information
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import EVERYTHING, Office
from tests.domain.inviting import AGREED_OR_NOT, colleague, own

THERE = Place("three-months", {Anchor.ARRIVAL: date(2026, 5, 4)})
EARLIER = Place("three-months", {Anchor.ARRIVAL: date(2026, 5, 3)})
#: One that they are told, and one that they are asked.
WELCOME, FIRST = "arrival.welcome", "first-days.week-1"
LAST = "month-3.check-in"
NIGHT = MORNING.replace(hour=23)


@pytest.fixture
async def person(database: Database, office: Office, agrees_to: tuple[Purpose, ...]) -> Returnee:
    person = await own(database, office, 700_001, agrees_to)
    async with database.begin(office.organisation.id) as session:
        await put(session, office.coordinator, person.id, THERE, {})
    return person


async def comes_due(database: Database, clock: Clock, at: datetime) -> set[CheckInState]:
    """The first that they are told and asked, and what the ticks make of them."""
    first = ((Information, WELCOME), (CheckIn, FIRST))
    async with database.begin(SERVICE) as session:
        for table, step in first:
            times = {"due_at": at, "planned_for": at}
            await session.execute(update(table).where(table.step == step).values(times))
    set_clock(clock, at + timedelta(minutes=1))
    async with database.begin(SERVICE) as session:
        await send_due(session)
        await tell_due(session)
        return {
            await session.scalar(select(table.state).where(table.step == step)) or CheckInState.SENT
            for table, step in first
        }


async def stands(
    database: Database, office: Office, person: Returnee, *, tells: bool = False
) -> Mapping[str, Standing]:
    """As their page shows it to whoever may know what they agreed to, or may not."""
    async with database.begin(office.organisation.id) as session:
        returnee = await session.get_one(Returnee, person.id)
        course = await course_of(session, returnee, office.organisation.id, tells=tells)
        return {line.key: standing(line, session.now, tells=tells) for line in course.lines}


async def proposed(
    database: Database, actor: Actor, person: Returnee, there: Place
) -> Mapping[str, Change]:
    async with database.begin(actor.organisation_id) as session:
        _, lines = await propose(session, actor, person.id, there)
        return {line.key: line.change for line in lines}


async def planned(database: Database, actor: Actor) -> Mapping[str, int]:
    """For how many, as the editor of the pathway shows it."""
    async with database.begin(actor.organisation_id) as session:
        return await still_to_come(session, actor, THERE.pathway)


@AGREED_OR_NOT
async def test_p5_what_is_held_in_the_night_reads_as_what_was_refused(
    database: Database,
    office: Office,
    clock: Clock,
    person: Returnee,
    agrees_to: tuple[Purpose, ...],
) -> None:
    ahead = await stands(database, office, person)
    assert ahead[WELCOME] is ahead[FIRST] is Standing.TO_COME

    made = await comes_due(database, clock, NIGHT)
    assert made == {CheckInState.HELD if agrees_to else CheckInState.SKIPPED}

    shown = await stands(database, office, person)
    assert shown[WELCOME] is shown[FIRST] is Standing.OVER
    assert shown[LAST] is Standing.TO_COME
    known = Standing.WAITS if agrees_to else Standing.NOT_DONE
    told = await stands(database, office, person, tells=True)
    assert told[WELCOME] is told[FIRST] is known


@AGREED_OR_NOT
async def test_p5_other_days_move_and_drop_nothing_whose_time_has_come(
    database: Database,
    office: Office,
    clock: Clock,
    person: Returnee,
    agrees_to: tuple[Purpose, ...],
) -> None:
    jon = await colleague(database, office)
    await comes_due(database, clock, NIGHT)

    moved = await proposed(database, office.coordinator, person, EARLIER)
    assert moved[WELCOME] is moved[FIRST] is Change.HAPPENED
    assert moved[LAST] is Change.MOVED
    gone = await proposed(database, office.coordinator, person, Place())
    assert gone[LAST] is Change.GONE
    assert not {WELCOME, FIRST} & set(gone)

    assert (await proposed(database, jon, person, EARLIER))[FIRST] is (
        Change.MOVED if agrees_to else Change.HAPPENED
    )


@AGREED_OR_NOT
async def test_p5_what_came_while_the_pathway_rested_reads_as_what_was_refused(
    database: Database,
    office: Office,
    clock: Clock,
    person: Returnee,
    agrees_to: tuple[Purpose, ...],
) -> None:
    async with database.begin(office.organisation.id) as session:
        await pause(session, office.coordinator, person.id)
    await comes_due(database, clock, MORNING + timedelta(hours=1))

    shown = await stands(database, office, person)
    assert shown[WELCOME] is shown[FIRST] is Standing.OVER
    moved = await proposed(database, office.coordinator, person, EARLIER)
    assert moved[WELCOME] is moved[FIRST] is Change.HAPPENED


@AGREED_OR_NOT
async def test_p5_the_editor_counts_of_those_whom_one_invited_only_what_lies_ahead(
    database: Database,
    office: Office,
    clock: Clock,
    person: Returnee,
    agrees_to: tuple[Purpose, ...],
) -> None:
    jon = await colleague(database, office)
    before = await planned(database, office.coordinator)
    assert (before[WELCOME], before[FIRST], before[LAST]) == (1, 1, 1)
    await comes_due(database, clock, NIGHT)

    mira = await planned(database, office.coordinator)
    assert mira == {step: people for step, people in before.items() if step not in (WELCOME, FIRST)}
    assert await planned(database, jon) == (before if agrees_to == EVERYTHING else mira)
