"""Campaigns that ask more than once: planned a day ahead, each time for those who are there."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import update

from domain.campaigns import pause, preview, start, stop
from domain.campaigns.schedule import After, Every, Unit
from domain.check_ins.eligibility import Exclusion
from domain.check_ins.silence import fall_silent
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee, Safety
from tests.clock import MORNING, set_clock
from tests.domain.campaigns.campaigning import drafted, rows, started, tick
from tests.domain.checking_in import Office, add_person

WEEKLY = Every(Unit.WEEK)


async def joins(database: Database, office: Office, chat: int, **facts: Any) -> Returnee:
    async with database.begin(SERVICE) as session:
        return await add_person(session, office.organisation, chat, **facts)


async def pass_days(database: Database, clock: Clock, days: int) -> None:
    for day in range(1, days + 1):
        set_clock(clock, MORNING + timedelta(days=day))
        while await tick(database):
            pass


def steps(found: list[CheckIn], person: Returnee) -> list[str]:
    return sorted(row.step for row in found if row.returnee_id == person.id)


async def test_each_occasion_is_planned_a_day_ahead_and_once(
    database: Database, office: Office, clock: Clock
) -> None:
    person = await joins(database, office, 700_001)
    await started(database, office, schedule=Every(Unit.WEEK, until=date(2026, 5, 20)))
    assert steps(await rows(database), person) == ["2026-05-05T18:00"]
    await pass_days(database, clock, 6)
    assert steps(await rows(database), person) == ["2026-05-05T18:00"]
    await pass_days(database, clock, 40)

    planned = await rows(database)
    assert steps(planned, person) == ["2026-05-05T18:00", "2026-05-12T18:00", "2026-05-19T18:00"]
    assert {row.due_at.astimezone(UTC).hour for row in planned} == {16}
    assert {row.state for row in planned} == {CheckInState.PLANNED}


async def test_a_newcomer_gets_the_next_occasion_and_none_before(
    database: Database, office: Office, clock: Clock
) -> None:
    await joins(database, office, 700_001)
    await started(database, office, schedule=WEEKLY)
    set_clock(clock, MORNING + timedelta(days=2))
    newcomer = await joins(database, office, 700_002)
    await pass_days(database, clock, 8)

    assert steps(await rows(database), newcomer) == ["2026-05-12T18:00"]


async def test_what_a_downtime_swallowed_is_booked_as_ours(
    database: Database, office: Office, clock: Clock
) -> None:
    """Never as the person's silence (P3)."""
    person = await joins(database, office, 700_001)
    await started(database, office, schedule=WEEKLY)
    set_clock(clock, MORNING + timedelta(days=20))
    while await tick(database):
        pass

    states = {row.step: row.state for row in await rows(database)}
    assert steps(await rows(database), person) == [
        "2026-05-05T18:00", "2026-05-12T18:00", "2026-05-19T18:00",
    ]  # fmt: skip
    assert states["2026-05-12T18:00"] is CheckInState.MISSED_BY_US


async def test_a_rest_leaves_out_what_passed_and_goes_on_with_the_next(
    database: Database, office: Office, clock: Clock
) -> None:
    person = await joins(database, office, 700_001)
    campaign = await started(database, office, schedule=WEEKLY)
    async with database.begin(office.organisation.id) as session:
        await pause(session, office.coordinator, campaign.id)
    await pass_days(database, clock, 12)
    async with database.begin(office.organisation.id) as session:
        await start(session, office.coordinator, campaign.id)
    await pass_days(database, clock, 16)

    assert steps(await rows(database), person) == ["2026-05-05T18:00", "2026-05-19T18:00"]


async def test_nothing_is_planned_once_it_is_stopped(
    database: Database, office: Office, clock: Clock
) -> None:
    await joins(database, office, 700_001)
    campaign = await started(database, office, schedule=WEEKLY)
    async with database.begin(office.organisation.id) as session:
        await stop(session, office.coordinator, campaign.id)
    await pass_days(database, clock, 15)

    assert [row.state for row in await rows(database)] == [CheckInState.CANCELLED]


async def test_days_after_a_return_are_counted_for_each_person_where_they_are(
    database: Database, office: Office, clock: Clock
) -> None:
    # In Casablanca it is still the day before.
    midnight = datetime(2026, 5, 1, 22, 30, tzinfo=UTC)
    here = await joins(database, office, 700_001, arrived_at=midnight)
    there = await joins(
        database, office, 700_002, arrived_at=midnight, time_zone="Africa/Casablanca"
    )
    await joins(database, office, 700_003)
    await joins(database, office, 700_004, arrived_at=MORNING - timedelta(days=300))
    await started(database, office, schedule=After(10))
    later = await joins(database, office, 700_005)
    async with database.begin(SERVICE) as session:
        returned = await session.get_one(Returnee, later.id)
        returned.arrived_at = MORNING + timedelta(days=5)
    await pass_days(database, clock, 20)

    due = {row.returnee_id: row.due_at for row in await rows(database)}
    assert due == {
        here.id: datetime(2026, 5, 12, 16, tzinfo=UTC),
        there.id: datetime(2026, 5, 11, 17, tzinfo=UTC),
        later.id: datetime(2026, 5, 19, 16, tzinfo=UTC),
    }
    assert {row.step for row in await rows(database)} == {"after-2026-05"}


async def test_a_preview_of_it_shows_each_day_or_why_there_is_none(
    database: Database, office: Office
) -> None:
    arrivals = (MORNING - timedelta(days=2), None, MORNING - timedelta(days=300))
    for number, arrived_at in enumerate(arrivals):
        await joins(database, office, 700_000 + number, arrived_at=arrived_at)
    campaign = await drafted(database, office.coordinator, schedule=After(10))
    async with database.begin(office.organisation.id) as session:
        shown = await preview(session, office.coordinator, campaign.id)

    assert shown.excluded == {Exclusion.NOT_ARRIVED: 1, Exclusion.BEFORE_IT: 1}
    times = {line.excluded: line.local and line.local.isoformat() for line in shown.page.lines}
    assert times[None] == "2026-05-12T18:00:00+02:00"
    assert times[Exclusion.NOT_ARRIVED] is None


async def test_nobody_is_asked_whose_day_came_an_hour_before_it_began(
    database: Database, office: Office
) -> None:
    """Though it may be a day late, and the start can still be taken back."""
    await joins(database, office, 700_001, arrived_at=MORNING - timedelta(days=10))
    an_hour_ago = datetime.fromisoformat("2026-05-04T10:00")
    await started(database, office, schedule=After(10), local_time=an_hour_ago)

    assert await rows(database) == []


async def test_a_group_by_time_since_the_return_is_reckoned_on_the_day(
    database: Database, office: Office
) -> None:
    for number, days in enumerate((5, 29, 40, 400, None)):
        arrived_at = None if days is None else MORNING - timedelta(days=days)
        await joins(database, office, 700_000 + number, arrived_at=arrived_at)
    campaign = await drafted(database, office.coordinator, since=["month", "later"])
    async with database.begin(office.organisation.id) as session:
        shown = await preview(session, office.coordinator, campaign.id)

    # Tomorrow, the second has been back for thirty days.
    assert (shown.included, shown.excluded) == (2, {Exclusion.WRONG_GROUP: 3})


async def test_the_second_prompt_can_be_switched_off_for_a_campaign(
    database: Database, office: Office
) -> None:
    person = await joins(database, office, 700_001)
    await started(database, office, second_prompt=False)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Safety, person.id)).second_prompt = True
        await session.execute(update(CheckIn).values(state=CheckInState.SENT, silent_at=MORNING))
    async with database.begin(SERVICE) as session:
        await fall_silent(session)

    assert [row.state for row in await rows(database)] == [CheckInState.SILENT]
