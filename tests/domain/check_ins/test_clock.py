"""Check-ins through the real tick, on the rules' clock: over changes of the clocks, after hours
of silence of ours, and with two schedulers at once.
"""

import asyncio
from collections import Counter
from datetime import datetime, time, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select

from domain.calendar import instant
from domain.check_ins.sending import send_due
from domain.check_ins.spacing import ANOTHER
from domain.notices import Notice
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.check_ins.years import CHANGES, PLACES
from tests.domain.checking_in import Office, add_person, told

_A_DAY = timedelta(days=1)


async def run_out(database: Database) -> None:
    while True:
        async with database.begin(SERVICE) as session:
            if not await send_due(session):
                return


async def people(database: Database, office: Office, number: int, **facts: Any) -> list[Returnee]:
    async with database.begin(SERVICE) as session:
        return [
            await add_person(session, office.organisation, 700_100 + each, **facts)
            for each in range(number)
        ]


async def plan(
    database: Database,
    office: Office,
    people: list[Returnee],
    dues: list[datetime],
    hours: int = 24,
) -> None:
    """In turn: of two of one person within an hour, the later one waits."""
    async with database.begin(SERVICE) as session:
        await session.execute(
            insert(CheckIn),
            [
                {
                    "organisation_id": office.organisation.id,
                    "returnee_id": person.id,
                    "step": f"day {due.isoformat()}",
                    "version": 1,
                    "questionnaire": "safety-and-needs@1",
                    "state": CheckInState.PLANNED,
                    "due_at": due,
                    "expires_at": due + timedelta(hours=hours),
                }
                for due, person in zip(dues, cycle(people), strict=False)
            ],
        )


async def states(database: Database) -> Counter[tuple[CheckInState, str | None]]:
    async with database.begin(SERVICE) as session:
        rows = await session.execute(
            select(CheckIn.state, CheckIn.reason, func.count()).group_by(
                CheckIn.state, CheckIn.reason
            )
        )
        return Counter({(state, reason): count for state, reason, count in rows})


@pytest.mark.parametrize("name", PLACES)
async def test_p3_p12_around_every_change_of_the_clocks_each_check_in_goes_once(
    database: Database, office: Office, clock: Clock, name: str
) -> None:
    """Planned for half past two at night, which some nights lack and some have twice; sent when
    the safe window opens.
    """
    place = ZoneInfo(name)
    days = sorted({day + _A_DAY * shift for day in CHANGES[name] for shift in (-1, 0, 1)})
    days = [day for day in days if day > MORNING.replace(tzinfo=None)]
    dues = [instant(datetime.combine(day, time(2, 30)), place) for day in days]
    await plan(database, office, await people(database, office, len(days), time_zone=name), dues)

    sent: list[int] = []
    for day, due in zip(days, dues, strict=True):
        opens = instant(datetime.combine(day, time(9)), place)
        for moment in (due, opens - timedelta(seconds=30), opens + timedelta(seconds=30)):
            set_clock(clock, moment + timedelta(seconds=1))
            await run_out(database)
            sent.append((await states(database))[CheckInState.SENDING, None])

    # Nothing at night; one more with each morning.
    assert sent == [n for done in range(len(days)) for n in (done, done, done + 1)]
    prompts = await told(database, Notice.CHECK_IN_PROMPT)
    assert len({prompt["check_in"] for prompt in prompts}) == len(prompts) == len(days)


async def test_p3_after_six_hours_of_silence_each_goes_once_or_is_booked_as_missed_by_us(
    database: Database, office: Office, clock: Clock
) -> None:
    """Those that may still be late go now; those whose time ran out meanwhile are ours."""
    asked = await people(database, office, 48)
    quarters = [MORNING + timedelta(minutes=15) * number for number in range(24)]
    await plan(database, office, asked[:24], quarters, hours=1)
    await plan(database, office, asked[24:], [due + timedelta(seconds=1) for due in quarters])
    set_clock(clock, MORNING + timedelta(hours=6))
    await run_out(database)
    await run_out(database)

    assert await states(database) == {
        (CheckInState.SENDING, None): 24 + 3,
        (CheckInState.MISSED_BY_US, "late"): 21,
    }
    prompts = await told(database, Notice.CHECK_IN_PROMPT)
    assert len({prompt["check_in"] for prompt in prompts}) == len(prompts) == 27


@pytest.mark.parametrize("step", [_A_DAY, -_A_DAY, timedelta(seconds=-5)])
async def test_p12_a_clock_that_is_set_sends_nothing_twice(
    database: Database, office: Office, clock: Clock, step: timedelta
) -> None:
    hourly = [MORNING + timedelta(hours=n) for n in range(4)]
    await plan(database, office, await people(database, office, 4), hourly, hours=72)
    set_clock(clock, MORNING + timedelta(hours=1, minutes=1))
    await run_out(database)
    clock.offset += step
    await run_out(database)
    set_clock(clock, MORNING + timedelta(hours=4))
    await run_out(database)

    prompts = await told(database, Notice.CHECK_IN_PROMPT)
    assert len({prompt["check_in"] for prompt in prompts}) == len(prompts) == 4


async def test_p12_two_schedulers_at_once_share_what_is_due_and_double_nothing(
    database: Database, office: Office, request: pytest.FixtureRequest
) -> None:
    """Nor does one ask what the other has just asked the same person otherwise."""
    share: float = request.config.getoption("--faults-share", 0.05)
    many = int(10_000 * share)
    asked = await people(database, office, many // 10)
    dues = [MORNING - timedelta(seconds=number + 1) for number in range(many)]
    await plan(database, office, asked, dues)
    await asyncio.gather(*(run_out(database) for _ in range(2)))

    async with database.begin(SERVICE) as session:
        prompted: list[UUID | None] = list(await session.scalars(select(OutboxRow.returnee_id)))
    assert len(set(prompted)) == len(prompted) == len(asked)
    assert await states(database) == {
        (CheckInState.SENDING, None): len(asked),
        (CheckInState.HELD, ANOTHER): many - len(asked),
    }
