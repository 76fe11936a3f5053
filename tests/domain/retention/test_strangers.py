"""P6: whoever came without an invite and agreed to nothing goes with their last case."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from domain.crisis.answering import ask_for_human
from domain.retention.forgetting import forget_old
from domain.retention.without_consent import forget
from domain.returnees.enrolments import add_returnee
from domain.returnees.person import lock_person
from domain.safeguarding.handling import close_complaint
from domain.safeguarding.passing_on import pass_on
from storage.kinds import Discretion, Role, Severity
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case
from storage.tables.returnees import Enrolment, Returnee, Safety, WrappedKey
from storage.tables.safeguarding import Complaint
from tests.clock import MORNING
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.retention.passing import days_pass
from tests.domain.safeguarding.telling import seen, tells
from tests.handlers.cries import all_comes
from tests.racing import stands_still

# Nothing comes to them first, so what goes is announced for thirty days, and two weeks more.
WORDS_GO, CASES_GO = (170, 45), (525, 45)


async def stranger(centre: Centre) -> Returnee:
    """Who pressed a button to talk to a person, did, and whose case is closed."""
    async with centre.database.begin(SERVICE) as session:
        person = await add_returnee(session, 700_001, centre.organisation, "en")
        case = await ask_for_human(session, person)
    assert case is not None
    vera = await centre.colleague()
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    await centre.closes(vera, case)
    return person


async def pass_days(centre: Centre, *spans: int) -> None:
    for days in spans:
        await days_pass(centre.database, centre.clock, days)


async def left(centre: Centre) -> list[int]:
    tables = (Case, Enrolment, Returnee, WrappedKey)
    return [await how_many(centre.database, table) for table in tables]


async def test_p6_who_only_asked_for_a_human_goes_with_the_last_case_and_so_does_their_key(
    centre: Centre,
) -> None:
    await stranger(centre)
    await pass_days(centre, *WORDS_GO)
    assert await left(centre) == [1, 1, 1, 1]
    await pass_days(centre, *CASES_GO)

    assert await left(centre) == [0, 0, 0, 0]


async def test_p6_who_agreed_to_something_stays_when_their_last_case_goes(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.closes(vera, case)
    await pass_days(centre, *WORDS_GO, *CASES_GO)

    assert await left(centre) == [0, 1, 1, 1]


async def test_p6_p10_a_complaint_stays_its_own_days_and_the_stranger_goes_with_it(
    centre: Centre,
) -> None:
    """Safeguarding closes it long after the case was."""
    keeper = await centre.colleague(Role.SAFEGUARDING)
    await tells(centre, await stranger(centre))
    await pass_days(centre, *WORDS_GO, *CASES_GO)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await close_complaint(session, keeper, complaint_id)
    await pass_days(centre, 1, 45, 45)
    assert await left(centre) == [0, 1, 1, 1]
    assert await how_many(centre.database, Complaint) == 1
    await pass_days(centre, 640)

    assert await left(centre) == [0, 0, 0, 0]
    assert await how_many(centre.database, Complaint) == 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Returnee.frozen_at, MORNING),
        (Returnee.discretion, Discretion.DISCREET),
        (Returnee.discretion, Discretion.WATCHED),
        (Safety.stop_word, b"hashes"),
    ],
)
async def test_p4_how_careful_somebodys_phone_is_stays_when_their_last_case_goes(
    centre: Centre, column: InstrumentedAttribute[Any], value: object
) -> None:
    """Nothing but a worker unfreezes it."""
    await stranger(centre)
    async with centre.database.begin(SERVICE) as session:
        await session.execute(update(column.class_).values({column: value}))
    await pass_days(centre, *WORDS_GO, *CASES_GO)

    assert await left(centre) == [0, 1, 1, 1]


async def test_p1_nobody_goes_with_an_old_case_while_they_are_crying_for_help(
    centre: Centre,
) -> None:
    """Their cry is not written down yet, and the tick comes by."""
    person = await stranger(centre)
    await pass_days(centre, *WORDS_GO, CASES_GO[0])
    await all_comes(centre.database)
    centre.clock.offset += timedelta(days=CASES_GO[1])
    async with centre.database.begin(SERVICE) as crying:
        await lock_person(crying, person.id)
        async with centre.database.begin(SERVICE) as session:
            await forget_old(session)
    await centre.signal(person, Severity.EMERGENCY)
    async with centre.database.begin(SERVICE) as session:
        await forget_old(session)

    assert await left(centre) == [2, 1, 1, 1]


@pytest.mark.parametrize("tick", [forget, forget_old])
async def test_p1_race_of_letting_somebody_go_and_what_a_colleague_passes_on_of_them(
    centre: Centre, tick: Callable[[Session], Awaitable[int]]
) -> None:
    """It is written down and not there to be seen yet as the tick comes by."""
    person = await stranger(centre)
    vera = await centre.colleague()
    await centre.colleague(Role.SAFEGUARDING)
    await pass_days(centre, *WORDS_GO, CASES_GO[0])
    await all_comes(centre.database)
    centre.clock.offset += timedelta(days=CASES_GO[1])
    async with centre.database.begin(SERVICE) as session:
        await session.execute(update(Case).values(erase_at=session.now))

    async def ticks() -> None:
        async with centre.database.begin(SERVICE) as session:
            await tick(session)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await pass_on(session, vera, person.id, "Not Samir.")
        ticking = group.create_task(ticks())
        await stands_still(centre.database, ticking)

    assert await how_many(centre.database, Complaint) == 1
    assert await left(centre) == [1, 1, 1, 1]
