"""A campaign's life: taken back in the first minutes, and changed on its way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.campaigns import pause, start, stop, undo
from domain.campaigns.schedule import JUST_ONCE, After, Every, Schedule, Unit
from domain.check_ins.outcomes import confirmed
from domain.check_ins.postponing import Later, not_now
from domain.check_ins.silence import fall_silent
from domain.consent import give_consent
from domain.errors import Refused
from storage.kinds import CampaignState, CheckInState, Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.campaigns import Campaign
from storage.tables.cases import Case
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee, Safety
from tests.clock import MORNING, set_clock
from tests.domain.campaigns.campaigning import begun, changes, drafted, rows, started, tick
from tests.domain.checking_in import Office, add_person, send_what_is_due

SOON = datetime.fromisoformat("2026-05-04T11:05")


@pytest.fixture(autouse=True)
async def person(database: Database, office: Office) -> Returnee:
    async with database.begin(SERVICE) as session:
        return await add_person(session, office.organisation, 700_001)


async def does(database: Database, office: Office, act: Any, campaign: Campaign) -> Campaign:
    async with database.begin(office.organisation.id) as session:
        done: Campaign = await act(session, office.coordinator, campaign.id)
    return done


def told(found: list[CheckIn]) -> list[tuple[int, CheckInState]]:
    return sorted((row.version, row.state) for row in found)


async def test_nothing_is_sent_while_the_start_can_be_taken_back(
    database: Database, office: Office, clock: Clock
) -> None:
    await begun(database, office, local_time=SOON)
    (row,) = await rows(database)
    assert row.due_at >= MORNING + timedelta(minutes=10)
    set_clock(clock, MORNING + timedelta(minutes=9))
    await send_what_is_due(database)
    assert [row.state for row in await rows(database)] == [CheckInState.PLANNED]
    set_clock(clock, MORNING + timedelta(minutes=11))
    await send_what_is_due(database)
    assert [row.state for row in await rows(database)] == [CheckInState.SENDING]


async def test_a_start_that_is_taken_back_leaves_a_draft_that_starts_again(
    database: Database, office: Office
) -> None:
    campaign = await begun(database, office)
    back = await does(database, office, undo, campaign)
    assert (back.state, back.started_at) == (CampaignState.DRAFT, None)
    assert told(await rows(database)) == [(1, CheckInState.SUPERSEDED)]
    await does(database, office, start, campaign)

    assert told(await rows(database)) == [
        (1, CheckInState.SUPERSEDED), (2, CheckInState.PLANNED),
    ]  # fmt: skip


async def test_after_ten_minutes_it_can_only_be_stopped(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign = await begun(database, office)
    set_clock(clock, MORNING + timedelta(minutes=10, seconds=1))
    with pytest.raises(Refused, match="Only within ten minutes"):
        await does(database, office, undo, campaign)
    await does(database, office, stop, campaign)


async def test_race_of_taking_back_and_sending_whoever_was_asked_stays_asked(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign = await drafted(database, office.coordinator, local_time=SOON)
    async with database.begin(SERVICE) as session:
        await start(session, office.coordinator, campaign.id, at_once=True)
    set_clock(clock, MORNING + timedelta(minutes=6))
    await send_what_is_due(database)
    with pytest.raises(Refused, match="asked already"):
        await does(database, office, undo, campaign)

    assert told(await rows(database)) == [(1, CheckInState.SENDING)]


async def test_a_start_is_not_taken_back_once_somebody_was_asked_whatever_was_changed_since(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign = await drafted(database, office.coordinator, local_time=SOON)
    async with database.begin(SERVICE) as session:
        await start(session, office.coordinator, campaign.id, at_once=True)
    set_clock(clock, MORNING + timedelta(minutes=6))
    await send_what_is_due(database)
    await changes(database, office, campaign)
    with pytest.raises(Refused, match="asked already"):
        await does(database, office, undo, campaign)


async def asked_who_may_be_asked_twice(
    database: Database, office: Office, clock: Clock, person: Returnee
) -> Campaign:
    """Somebody who allowed a second prompt has the first."""
    async with database.begin(SERVICE) as session:
        (await session.get_one(Safety, person.id)).second_prompt = True
    campaign = await started(database, office, local_time=SOON)
    set_clock(clock, MORNING + timedelta(minutes=11))
    await send_what_is_due(database)
    async with database.begin(SERVICE) as session:
        await confirmed(session, list(await session.scalars(select(CheckIn.id))), session.now)
    return campaign


async def silence_falls(database: Database, clock: Clock, later: timedelta) -> CheckIn:
    """What became of the one check-in, once the ticks have run."""
    set_clock(clock, MORNING + later)
    async with database.begin(SERVICE) as session:
        await fall_silent(session)
    await send_what_is_due(database)
    async with database.begin(SERVICE) as session:
        await fall_silent(session)
    (row,) = await rows(database)
    return row


async def count_cases(database: Database) -> int | None:
    async with database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).select_from(Case))


async def test_p3_a_stopped_campaign_loses_nobodys_silence(
    database: Database, office: Office, clock: Clock, person: Returnee
) -> None:
    """Nobody is asked a second time of it; who was asked once and says nothing is heard of."""
    campaign = await asked_who_may_be_asked_twice(database, office, clock, person)
    await does(database, office, stop, campaign)

    row = await silence_falls(database, clock, timedelta(hours=25))
    assert (row.state, row.second_prompt_at) == (CheckInState.SILENT, None)
    assert await count_cases(database) == 1


@pytest.mark.parametrize(
    ("before", "waits"), [([pause], CheckInState.HELD), ([], CheckInState.SENDING)]
)
async def test_p3_a_campaign_stopped_before_its_second_prompt_went_loses_no_silence_either(
    database: Database,
    office: Office,
    clock: Clock,
    person: Returnee,
    before: list[Any],
    waits: CheckInState,
) -> None:
    campaign = await asked_who_may_be_asked_twice(database, office, clock, person)
    for act in before:
        await does(database, office, act, campaign)
    assert (await silence_falls(database, clock, timedelta(hours=25))).state is waits
    await does(database, office, stop, campaign)

    assert (await silence_falls(database, clock, timedelta(hours=26))).state is CheckInState.SILENT
    assert await count_cases(database) == 1


async def test_p12_a_change_asks_nobody_twice_and_plans_the_rest_anew(
    database: Database, office: Office, clock: Clock
) -> None:
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_002, time_zone="Africa/Casablanca")
    campaign = await started(database, office)
    set_clock(clock, datetime(2026, 5, 5, 16, 1, tzinfo=UTC))
    await send_what_is_due(database)
    changed = await changes(
        database, office, campaign, local_time=datetime.fromisoformat("2026-05-05T20:00")
    )

    assert changed.version == 2
    assert told(await rows(database)) == [
        (1, CheckInState.SENDING), (1, CheckInState.SUPERSEDED), (2, CheckInState.PLANNED),
    ]  # fmt: skip
    (moved,) = [row for row in await rows(database) if row.version == 2]
    assert moved.due_at == datetime(2026, 5, 5, 19, tzinfo=UTC)


async def test_p12_what_was_put_off_and_then_held_is_asked_once_whatever_changes(
    database: Database, office: Office, clock: Clock, person: Returnee
) -> None:
    campaign = await asked_who_may_be_asked_twice(database, office, clock, person)
    (row,) = await rows(database)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await not_now(session, returnee, row.id, Later.HOUR, shown="1")
    await does(database, office, pause, campaign)
    set_clock(clock, MORNING + timedelta(hours=2))
    await send_what_is_due(database)
    await changes(database, office, campaign)

    (held,) = await rows(database)
    assert (held.version, held.state) == (1, CheckInState.HELD)
    await does(database, office, start, campaign)
    set_clock(clock, MORNING + timedelta(hours=3))
    await send_what_is_due(database)
    assert told(await rows(database)) == [(1, CheckInState.SENDING)]


async def test_p12_what_comes_again_is_changed_from_the_next_day_on(
    database: Database, office: Office, clock: Clock
) -> None:
    weekly = Every(Unit.WEEK)
    campaign = await started(database, office, schedule=weekly)
    set_clock(clock, datetime(2026, 5, 5, 16, 1, tzinfo=UTC))
    await send_what_is_due(database)
    later = datetime.fromisoformat("2026-05-05T20:00")
    await changes(database, office, campaign, schedule=Every(Unit.DAY), local_time=later)

    asked = sorted((row.version, row.step) for row in await rows(database))
    assert asked == [(1, "2026-05-05T18:00"), (2, "2026-05-06T20:00")]


async def test_a_change_of_the_group_reaches_who_was_left_out_before(
    database: Database, office: Office
) -> None:
    campaign = await drafted(database, office.coordinator, schedule=After(3), countries=["MA"])
    await does(database, office, start, campaign)
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_002, arrived_at=MORNING, country="AL")
    while await tick(database):
        pass
    assert await rows(database) == []
    await changes(database, office, campaign, schedule=After(2), countries=["AL"])

    assert [row.due_at for row in await rows(database)] == [datetime(2026, 5, 6, 16, tzinfo=UTC)]


TOO_LATE_THERE = datetime.fromisoformat("2026-05-04T15:00")
TOMORROW = datetime.fromisoformat("2026-05-05T15:00")


async def left_out_in_tokyo(database: Database, office: Office, **changed: Any) -> Campaign:
    """One that began when it was over there already."""
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_002, time_zone="Asia/Tokyo")
    campaign = await started(
        database, office, local_time=TOO_LATE_THERE, max_lateness_hours=1, **changed
    )
    assert told(await rows(database)) == [(1, CheckInState.PLANNED), (1, CheckInState.SKIPPED)]
    return campaign


@pytest.mark.parametrize("schedule", [JUST_ONCE, Every(Unit.WEEK)])
async def test_whoever_was_left_out_of_a_start_that_is_taken_back_is_in_the_next(
    database: Database, office: Office, schedule: Schedule
) -> None:
    campaign = await left_out_in_tokyo(database, office, schedule=schedule)
    await does(database, office, undo, campaign)
    # Later than that, it may still come there.
    await changes(database, office, campaign, local_time=TOO_LATE_THERE, schedule=schedule)
    await does(database, office, start, campaign)

    planned = [row for row in await rows(database) if row.version == 3]
    assert told(planned) == [(3, CheckInState.PLANNED)] * 2


async def test_whoever_was_left_out_is_planned_anew_when_it_is_put_at_another_time(
    database: Database, office: Office
) -> None:
    campaign = await left_out_in_tokyo(database, office)
    await changes(database, office, campaign, local_time=TOMORROW)

    planned = [row for row in await rows(database) if row.version == 2]
    assert told(planned) == [(2, CheckInState.PLANNED)] * 2


async def test_p3_whoever_was_left_out_was_not_missed_by_us_because_something_else_changed(
    database: Database, office: Office
) -> None:
    campaign = await left_out_in_tokyo(database, office)
    await changes(
        database, office, campaign, local_time=TOO_LATE_THERE, max_lateness_hours=2, name="Other"
    )

    assert told(await rows(database)) == [
        (1, CheckInState.SKIPPED), (1, CheckInState.SUPERSEDED), (2, CheckInState.PLANNED),
    ]  # fmt: skip


AT_SIX_THERE = datetime(2026, 5, 5, 16, tzinfo=UTC)
TWO_HOURS_LATER = datetime(2026, 5, 5, 18, tzinfo=UTC)


async def test_p3_whoever_comes_into_it_after_its_time_was_not_missed_by_us(
    database: Database, office: Office, clock: Clock
) -> None:
    async with database.begin(SERVICE) as session:
        late = await add_person(session, office.organisation, 700_002, agrees_to=())
    campaign = await started(database, office, max_lateness_hours=1)
    set_clock(clock, AT_SIX_THERE)
    await send_what_is_due(database)
    set_clock(clock, TWO_HOURS_LATER)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, late.id)
        await give_consent(session, returnee, Purpose.CHECK_INS, True, "1")
    await changes(database, office, campaign, max_lateness_hours=1, name="Other")

    assert [(row.version, row.state, row.due_at) for row in await rows(database)] == [
        (1, CheckInState.SENDING, AT_SIX_THERE), (2, CheckInState.SKIPPED, AT_SIX_THERE),
    ]  # fmt: skip


async def test_p3_whom_we_failed_to_ask_was_missed_by_us_whatever_changes(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign = await started(database, office, max_lateness_hours=1)
    set_clock(clock, TWO_HOURS_LATER)
    await changes(database, office, campaign, max_lateness_hours=1, name="Other")
    await send_what_is_due(database)

    assert told(await rows(database)) == [(1, CheckInState.MISSED_BY_US)]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"schedule": After(3)}, "How often"),
        ({"questionnaire": "another"}, "What it asks"),
        ({"local_time": datetime.fromisoformat("2026-05-01T18:00")}, "has passed"),
        ({"name": ""}, "needs a name"),
    ],
)
async def test_what_cannot_be_changed_any_more_is_said_and_nothing_changes(
    database: Database, office: Office, changed: dict[str, Any], sentence: str
) -> None:
    campaign = await started(database, office)
    with pytest.raises(Refused, match=sentence):
        await changes(database, office, campaign, **changed)
    assert told(await rows(database)) == [(1, CheckInState.PLANNED)]


async def test_what_comes_again_may_end_with_its_first_day_and_not_before_it(
    database: Database, office: Office
) -> None:
    campaign = await started(database, office, schedule=Every(Unit.WEEK))
    with pytest.raises(Refused, match="begins on 2026-05-05 and ends on 2026-05-04"):
        await changes(database, office, campaign, schedule=Every(Unit.WEEK, until=date(2026, 5, 4)))
    await changes(database, office, campaign, schedule=Every(Unit.WEEK, until=date(2026, 5, 5)))

    assert CheckInState.PLANNED in [row.state for row in await rows(database)]


async def test_a_draft_changes_as_it_is_and_a_stopped_one_not_at_all(
    database: Database, office: Office
) -> None:
    campaign = await drafted(database, office.coordinator, schedule=After(3))
    changed = await changes(database, office, campaign, schedule=JUST_ONCE, name="Second month")
    assert (changed.name, changed.version, changed.schedule) == ("Second month", 2, None)
    await does(database, office, stop, campaign)
    with pytest.raises(Refused, match="stopped already"):
        await changes(database, office, campaign)


async def test_a_paused_one_stays_paused_when_it_is_changed(
    database: Database, office: Office
) -> None:
    campaign = await started(database, office)
    await does(database, office, pause, campaign)
    changed = await changes(database, office, campaign, second_prompt=False)
    assert changed.state is CampaignState.PAUSED
