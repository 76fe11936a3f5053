"""Whoever invited somebody learns from no page whether they agreed to be asked (P5)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from domain.actors import Actor
from domain.campaigns import count_next, reach, results, start, undo
from domain.campaigns.counting import is_counted
from domain.campaigns.following import Moved, moved_by
from domain.campaigns.missed import missed_lately
from domain.campaigns.results import Results
from domain.campaigns.schedule import After
from domain.check_ins.outcomes import confirmed
from domain.check_ins.sending import send_due
from domain.errors import Refused
from domain.figures.reach import Reach
from domain.pathways.placing import Place, course_of, put
from domain.pathways.reconciling import without_next
from domain.pathways.values import Anchor
from storage.kinds import CheckInState, Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.campaigns import Campaign
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.campaigns.campaigning import drafted, rows, started
from tests.domain.checking_in import EVERYTHING, Office, add_person
from tests.domain.inviting import AGREED_OR_NOT, colleague, own

SIX = datetime(2026, 5, 5, 16, tzinfo=UTC)


async def unplanned(database: Database, actor: Actor) -> list[UUID]:
    async with database.begin(actor.organisation_id) as session:
        return [line.id for line in (await without_next(session, actor)).lines]


@AGREED_OR_NOT
async def test_p5_a_campaign_takes_nobody_whom_one_invited_off_the_list_of_those_unplanned(
    database: Database, office: Office, agrees_to: tuple[Purpose, ...]
) -> None:
    person = await own(database, office, 700_001, agrees_to)
    jon = await colleague(database, office)
    before = await unplanned(database, office.coordinator)
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_002)
    await started(database, office)

    assert await unplanned(database, office.coordinator) == before == [person.id]
    assert await unplanned(database, jon) == ([] if agrees_to else [person.id])


@AGREED_OR_NOT
async def test_p5_a_step_ahead_on_a_pathway_takes_them_off_it_and_one_that_waits_does_not(
    database: Database, office: Office, clock: Clock, agrees_to: tuple[Purpose, ...]
) -> None:
    person = await own(database, office, 700_001, agrees_to)
    there = Place("three-months", {Anchor.ARRIVAL: date(2026, 5, 4)})
    async with database.begin(office.organisation.id) as session:
        await put(session, office.coordinator, person.id, there, {})
    assert await unplanned(database, office.coordinator) == []

    # The last of them is due in the night: who agreed to it is asked in the morning.
    last = max(row.due_at for row in await rows(database))
    async with database.begin(SERVICE) as session:
        gone = CheckIn.due_at < last
        await session.execute(update(CheckIn).where(gone).values(state=CheckInState.SKIPPED))
        night = last.replace(hour=23)
        await session.execute(update(CheckIn).values(due_at=night, planned_for=night))
    set_clock(clock, night + timedelta(minutes=1))
    async with database.begin(SERVICE) as session:
        await send_due(session)
    held = [row for row in await rows(database) if row.state is CheckInState.HELD]
    assert bool(held) is bool(agrees_to)
    assert await unplanned(database, office.coordinator) == [person.id]


async def moves(
    database: Database, actor: Actor, person: Returnee, day: date
) -> list[tuple[datetime | None, datetime | None]]:
    """What such a day of arrival would move, as that one is shown it."""
    async with database.begin(actor.organisation_id) as session:
        returnee = await session.get_one(Returnee, person.id)
        stood = (await course_of(session, returnee, actor.organisation_id)).place.days
        found: list[Moved] = await moved_by(session, actor, returnee, {Anchor.ARRIVAL: day}, stood)
        return [(move.was, move.will) for move in found]


async def asks(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        await send_due(session)
        await session.flush()
        sending = [row.id for row in await rows(database)]
        await confirmed(session, sending, session.now)


THAT_DAY = date(2026, 5, 3)
BY_THAT_DAY = SIX + timedelta(days=8)


@AGREED_OR_NOT
@pytest.mark.parametrize(
    ("now", "asked", "shown"),
    [
        (MORNING, False, [(SIX, BY_THAT_DAY)]),
        (SIX + timedelta(minutes=1), False, []),
        (SIX + timedelta(minutes=1), True, []),
        (SIX + timedelta(days=3), False, []),
        (SIX + timedelta(days=3), True, []),
    ],
)
async def test_p5_what_other_days_would_move_does_not_tell_who_agreed_among_those_one_invited(
    database: Database,
    office: Office,
    clock: Clock,
    agrees_to: tuple[Purpose, ...],
    now: datetime,
    asked: bool,
    shown: list[tuple[datetime | None, datetime | None]],
) -> None:
    person = await own(database, office, 700_001, agrees_to, MORNING - timedelta(days=9))
    await started(database, office, schedule=After(10))
    assert bool(await rows(database)) is bool(agrees_to)
    if asked:
        set_clock(clock, SIX + timedelta(seconds=30))
        await asks(database)
    set_clock(clock, now)

    assert await moves(database, office.coordinator, person, THAT_DAY) == shown


@AGREED_OR_NOT
async def test_what_was_to_be_asked_by_now_moves_for_nobody_who_has_nothing_planned(
    database: Database, office: Office, clock: Clock, agrees_to: tuple[Purpose, ...]
) -> None:
    """No check-in is promised that never comes, and whoever refused is as one who was asked."""
    person = await own(database, office, 700_001, agrees_to, MORNING - timedelta(days=9))
    jon = await colleague(database, office)
    await started(database, office, schedule=After(10))
    set_clock(clock, SIX + timedelta(seconds=30))
    await asks(database)
    set_clock(clock, SIX + timedelta(days=3))

    assert await moves(database, jon, person, THAT_DAY) == []


@AGREED_OR_NOT
async def test_p5_how_far_a_check_in_came_does_not_count_those_whom_one_invited(
    database: Database, office: Office, agrees_to: tuple[Purpose, ...]
) -> None:
    """Beside the preview, which counts the others exactly, a fifth would tell."""
    jon = await colleague(database, office)
    async with database.begin(SERVICE) as session:
        for number in range(4):
            await add_person(session, office.organisation, 700_010 + number)
    await own(database, office, 700_001, agrees_to)
    campaign = await started(database, office)

    async def to_come(actor: Actor) -> int:
        async with database.begin(office.organisation.id) as session:
            return (await reach(session, actor, campaign.id))[Reach.TO_COME]

    assert await to_come(office.coordinator) == 0
    assert await to_come(jon) == (5 if agrees_to else 0)


@pytest.mark.parametrize(
    ("others", "agreed", "told"), [(2, 1, [2]), (0, 4, []), (0, 5, [5]), (1, 6, [6])]
)
async def test_p5_of_those_whom_one_invited_only_whole_fives_are_told_to_be_missed(
    database: Database, office: Office, clock: Clock, others: int, agreed: int, told: list[int]
) -> None:
    """Yet whoever invited everybody is told that it failed (P3)."""
    jon = await colleague(database, office)
    async with database.begin(SERVICE) as session:
        for number in range(others):
            await add_person(session, office.organisation, 700_010 + number)
    for number in range(agreed):
        await own(database, office, 700_100 + number, EVERYTHING)
    await started(database, office)
    set_clock(clock, SIX + timedelta(days=2))
    async with database.begin(SERVICE) as session:
        await send_due(session)

    async def missed(actor: Actor) -> list[int]:
        async with database.begin(office.organisation.id) as session:
            return [each.people for each in await missed_lately(session, actor)]

    assert await missed(office.coordinator) == told
    assert await missed(jon) == [others + agreed]


async def begun_at_once(database: Database, office: Office, clock: Clock) -> Campaign:
    """A few minutes before its time."""
    campaign = await drafted(database, office.coordinator)
    set_clock(clock, SIX - timedelta(minutes=3))
    async with database.begin(SERVICE) as session:
        return await start(session, office.coordinator, campaign.id, at_once=True)


async def takes_back(database: Database, actor: Actor, campaign: Campaign) -> None:
    async with database.begin(SERVICE) as session:
        await undo(session, actor, campaign.id)


@AGREED_OR_NOT
async def test_p5_a_start_is_not_taken_back_once_the_time_of_somebody_whom_one_invited_has_come(
    database: Database, office: Office, clock: Clock, agrees_to: tuple[Purpose, ...]
) -> None:
    await own(database, office, 700_001, agrees_to)
    jon = await colleague(database, office)
    campaign = await begun_at_once(database, office, clock)
    set_clock(clock, SIX + timedelta(minutes=1))
    await asks(database)

    with pytest.raises(Refused, match="asked already"):
        await takes_back(database, office.coordinator, campaign)
    if not agrees_to:
        await takes_back(database, jon, campaign)


@AGREED_OR_NOT
async def test_before_their_time_a_start_is_taken_back_whoever_invited_them(
    database: Database, office: Office, clock: Clock, agrees_to: tuple[Purpose, ...]
) -> None:
    await own(database, office, 700_001, agrees_to)
    campaign = await begun_at_once(database, office, clock)
    set_clock(clock, SIX - timedelta(minutes=1))

    await takes_back(database, office.coordinator, campaign)


@AGREED_OR_NOT
async def test_p5_that_it_is_over_and_counted_does_not_tell_who_agreed_of_those_one_invited(
    database: Database, office: Office, clock: Clock, agrees_to: tuple[Purpose, ...]
) -> None:
    await own(database, office, 700_001, agrees_to)
    next_month = datetime.fromisoformat("2026-06-05T18:00")
    campaign = await started(database, office, local_time=next_month)

    async def shown() -> tuple[Results, bool, bool]:
        async with database.begin(SERVICE) as session:
            await count_next(session)
        async with database.begin(office.organisation.id) as session:
            kept = await session.get_one(Campaign, campaign.id)
            found = await results(session, office.coordinator, campaign.id)
            return found, kept.is_over, await is_counted(session, kept)

    set_clock(clock, MORNING + timedelta(days=8))
    found, over, counted = await shown()
    # A day after its evening has come everywhere on earth, and then a week.
    due_at = datetime(2026, 6, 14, 8, tzinfo=UTC)
    assert (found.last, found.due_at, over, counted) == (None, due_at, False, False)
    set_clock(clock, due_at - timedelta(minutes=1))
    assert await shown() == (found, False, False)
    set_clock(clock, due_at + timedelta(minutes=1))
    found, _, counted = await shown()
    assert counted
    assert found.last
    assert (found.last.figures.whole.people, found.due_at) == (0, None)
    assert f"{found.last.asked_at:%Y-%m-%d}" == "2026-06-05"
    _, over, _ = await shown()
    assert over
