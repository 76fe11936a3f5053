"""A campaign's check-ins follow their people to another country."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.check_ins.eligibility import Exclusion
from domain.check_ins.outcomes import confirmed
from domain.check_ins.postponing import Later, not_now
from domain.check_ins.sending import send_due
from domain.countries import zone_or_utc
from domain.pathways.moving import be_in
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.campaigns.campaigning import rows, started
from tests.domain.checking_in import Office, add_person

# Noon and six in the evening in Tirana.
NOON, AT_SIX = datetime(2026, 5, 5, 10, tzinfo=UTC), datetime(2026, 5, 5, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def person(database: Database, office: Office) -> Returnee:
    async with database.begin(SERVICE) as session:
        return await add_person(session, office.organisation, 700_001)


async def moves_to(database: Database, person: Returnee, country: str) -> CheckIn:
    """What becomes of the one check-in that is planned for them."""
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await be_in(session, returnee, country, zone_or_utc(country))
    (row,) = await rows(database)
    return row


async def test_whoever_moves_is_asked_at_the_same_hour_there(
    database: Database, office: Office, person: Returnee
) -> None:
    await started(database, office)
    row = await moves_to(database, person, "UA")
    assert row.due_at == datetime(2026, 5, 5, 15, tzinfo=UTC)
    assert row.expires_at == row.due_at + timedelta(hours=24)


@pytest.mark.parametrize(
    ("pressed_at", "country", "asked_at"),
    [
        (NOON, "UA", NOON + timedelta(hours=1)),
        (NOON, "PT", NOON + timedelta(hours=1)),
        # Eight in the evening there, and so in the morning.
        (AT_SIX, "UA", datetime(2026, 5, 6, 6, tzinfo=UTC)),
    ],
)
async def test_whoever_put_one_off_by_an_hour_and_moves_is_asked_in_that_hour_if_it_is_safe_there(
    database: Database,
    office: Office,
    clock: Clock,
    person: Returnee,
    pressed_at: datetime,
    country: str,
    asked_at: datetime,
) -> None:
    await started(database, office, local_time=datetime.fromisoformat("2026-05-05T12:00"))
    (row,) = await rows(database)
    set_clock(clock, NOON)
    async with database.begin(SERVICE) as session:
        await send_due(session)
        await confirmed(session, [row.id], session.now)
    set_clock(clock, pressed_at)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await not_now(session, returnee, row.id, Later.HOUR, shown="1")
    moved = await moves_to(database, person, country)

    assert moved.state is CheckInState.PLANNED
    assert timedelta() <= moved.due_at - asked_at < timedelta(minutes=1)
    assert moved.expires_at == moved.due_at + timedelta(hours=24)


async def test_whose_hour_is_over_where_they_are_now_was_not_missed_by_us(
    database: Database, office: Office, clock: Clock, person: Returnee
) -> None:
    async with database.begin(SERVICE) as session:
        await be_in(session, await session.get_one(Returnee, person.id), "PT", "Europe/Lisbon")
    await started(database, office, max_lateness_hours=1)
    set_clock(clock, AT_SIX + timedelta(minutes=59))
    row = await moves_to(database, person, "UA")

    assert (row.state, row.reason) == (CheckInState.SKIPPED, Exclusion.TOO_LATE)
