"""Two check-ins of one person in the same hour: the later one waits."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from domain.check_ins.answering import answer, start_answering
from domain.check_ins.outcomes import confirmed
from domain.check_ins.postponing import Later, ask_once_more, not_now
from domain.check_ins.sending import send_due
from domain.check_ins.spacing import ANOTHER
from storage.kinds import CheckInState, OutboxState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import Office, kept, plan_check_in

LATER = timedelta(minutes=20)


@pytest.fixture
async def second(database: Database, office: Office, returnee: Returnee) -> CheckIn:
    """Of the same person, a moment after the other."""
    async with database.begin(SERVICE) as session:
        planned = await plan_check_in(session, returnee, office)
        planned.due_at += timedelta(seconds=1)
    return planned


async def tick_at(database: Database, clock: Clock, moment: datetime) -> None:
    set_clock(clock, moment)
    async with database.begin(SERVICE) as session:
        await send_due(session)


async def telegram_takes(database: Database, check_in: CheckIn) -> None:
    async with database.begin(SERVICE) as session:
        await confirmed(session, [check_in.id], session.now)
        await session.execute(
            update(OutboxRow)
            .where(OutboxRow.check_in_id == check_in.id)
            .values(state=OutboxState.SENT, finished_at=session.now)
        )


async def test_p12_of_two_in_the_same_hour_the_later_one_waits_until_it_is_over(
    database: Database, clock: Clock, check_in: CheckIn, second: CheckIn
) -> None:
    await tick_at(database, clock, MORNING + timedelta(seconds=2))
    await telegram_takes(database, check_in)

    assert (await kept(database, check_in.id)).state is CheckInState.SENT
    waits = await kept(database, second.id)
    assert (waits.state, waits.reason) == (CheckInState.HELD, ANOTHER)

    await tick_at(database, clock, waits.due_at + timedelta(minutes=1))
    assert (await kept(database, second.id)).state is CheckInState.SENDING


async def test_p12_whoever_skips_the_first_is_not_asked_the_second_a_minute_later(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn, second: CheckIn
) -> None:
    await tick_at(database, clock, MORNING + timedelta(seconds=2))
    await telegram_takes(database, check_in)
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await not_now(session, person, check_in.id, Later.SKIP, shown="1")
        (await session.get_one(CheckIn, second.id)).due_at = session.now

    await tick_at(database, clock, MORNING + LATER)
    assert (await kept(database, second.id)).reason == ANOTHER


async def test_p12_nobody_is_asked_while_they_answer_another_one(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn, second: CheckIn
) -> None:
    """Begun long ago, and answered a moment ago."""
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await start_answering(session, person, check_in.id)
    set_clock(clock, MORNING + timedelta(hours=3))
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await answer(session, person, check_in.id, "safety", "safe")

    await tick_at(database, clock, MORNING + timedelta(hours=3) + LATER)
    assert (await kept(database, second.id)).reason == ANOTHER


async def test_p12_of_two_that_went_off_their_phone_together_the_later_one_waits_as_at_first(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn, second: CheckIn
) -> None:
    """Nobody asked for what comes once more."""
    gone = []
    await tick_at(database, clock, second.due_at + timedelta(seconds=1))
    for each, number in ((check_in, 77), (second, 78)):
        due_at = (await kept(database, each.id)).due_at
        await tick_at(database, clock, due_at + timedelta(seconds=1))
        await telegram_takes(database, each)
        async with database.begin(SERVICE) as session:
            of_it = update(OutboxRow).where(OutboxRow.check_in_id == each.id)
            await session.execute(of_it.values(message_id=number))
        gone.append((returnee.id, number))
    tomorrow = MORNING + timedelta(days=1)
    async with database.begin(SERVICE) as session:
        await ask_once_more(session, gone, tomorrow)
    await tick_at(database, clock, tomorrow + timedelta(minutes=1))

    booked = [await kept(database, each.id) for each in (check_in, second)]
    assert sorted((row.state, row.reason) for row in booked) == [
        (CheckInState.HELD, ANOTHER),
        (CheckInState.SENDING, None),
    ]


async def test_what_somebody_asked_for_in_an_hour_comes_then_whatever_else_came(
    database: Database, clock: Clock, returnee: Returnee, check_in: CheckIn, second: CheckIn
) -> None:
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, returnee.id)
        await not_now(session, person, second.id, Later.HOUR, shown="1")
    await tick_at(database, clock, MORNING + timedelta(minutes=50))
    await telegram_takes(database, check_in)

    await tick_at(database, clock, MORNING + timedelta(minutes=61))
    assert (await kept(database, second.id)).state is CheckInState.SENDING


@pytest.mark.parametrize(
    "may_be_late", [timedelta(hours=1), timedelta(hours=12)], ids=["its time", "their hours"]
)
async def test_p3_what_could_only_come_too_late_behind_another_is_skipped_and_not_ours(
    database: Database,
    clock: Clock,
    check_in: CheckIn,
    second: CheckIn,
    may_be_late: timedelta,
) -> None:
    """Their hours end at eight in the evening, and begin again at nine."""
    evening = MORNING + timedelta(hours=8, minutes=30)
    async with database.begin(SERVICE) as session:
        for each in (check_in, second):
            planned = await session.get_one(CheckIn, each.id)
            planned.due_at += timedelta(hours=8, minutes=30)
            planned.expires_at = planned.due_at + may_be_late

    # The time that the machine took to plan them runs on their clock, too.
    await tick_at(database, clock, evening + timedelta(minutes=2))
    assert (await kept(database, check_in.id)).state is CheckInState.SENDING
    ended = await kept(database, second.id)
    assert (ended.state, ended.reason) == (CheckInState.SKIPPED, ANOTHER)
