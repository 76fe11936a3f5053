"""Two organisations accompany somebody: the days of the journey are the same for both."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.consent import turning_points
from domain.pathways.pausing import pause
from domain.pathways.placing import Place, as_they_stand, course_of, put, set_arrival
from domain.pathways.shelf import ours
from domain.pathways.values import Anchor, Days
from domain.returnees.enrolments import enrol
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.checking_in import Office, open_office

CARE = ours()[0]
LEAVES, EARLIER, ARRIVAL = date(2026, 6, 9), date(2026, 6, 10), date(2026, 6, 20)
BACK = datetime(2026, 6, 21, 9, tzinfo=UTC)


@pytest.fixture
async def partner(database: Database, office: Office, person: Returnee) -> Office:
    """Accompanies the person, too."""
    elsewhere = await open_office(database, "Rabat")
    async with database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, elsewhere.organisation.id)
        await enrol(session, await session.get_one(Returnee, person.id), organisation)
    return elsewhere


async def shown(database: Database, office: Office, person: Returnee) -> Place:
    """As the page of their pathway begins."""
    async with database.begin(office.organisation.id) as session:
        returnee = await session.get_one(Returnee, person.id)
        place = (await course_of(session, returnee, office.organisation.id)).place
        return replace(place, days=await as_they_stand(session, returnee, place.days))


async def keep(
    database: Database, office: Office, person: Returnee, days: Days, stood: Days
) -> None:
    async with database.begin(office.organisation.id) as session:
        place = Place(CARE.key, days, ("month-18",))
        await put(session, office.coordinator, person.id, place, stood)


async def expects(database: Database, office: Office, person: Returnee, day: date | None) -> None:
    async with database.begin(office.organisation.id) as session:
        await set_arrival(session, office.coordinator, person.id, day)


async def expected(database: Database, person: Returnee) -> date | None:
    async with database.begin(SERVICE) as session:
        return (await turning_points.days_of(session, person.id)).arrives


async def now(database: Database, person: Returnee) -> Returnee:
    async with database.begin(SERVICE) as session:
        return await session.get_one(Returnee, person.id)


@pytest.mark.parametrize("before", [{}, {Anchor.ARRIVAL: EARLIER}], ids=["unknown", "earlier"])
async def test_p5_who_changes_something_else_leaves_the_arrival_that_others_wrote_down_meanwhile(
    database: Database,
    clock: Clock,
    office: Office,
    partner: Office,
    person: Returnee,
    before: Days,
) -> None:
    """Or nobody asked them anew after their journey what they agreed to before it."""
    await keep(database, partner, person, before, {})
    await expects(database, office, person, ARRIVAL)

    await keep(database, partner, person, before, before)

    assert await expected(database, person) == ARRIVAL
    set_clock(clock, BACK)
    async with database.begin(SERVICE) as session:
        await turning_points.pass_turning_points(session)
    arrived_at = (await now(database, person)).arrived_at
    assert arrived_at is not None
    assert arrived_at.date() == ARRIVAL


async def test_the_page_begins_with_the_days_that_anybody_wrote_down_last_and_changes_them_for_all(
    database: Database, office: Office, partner: Office, person: Returnee
) -> None:
    await keep(database, partner, person, {Anchor.ARRIVAL: EARLIER}, {})
    await keep(database, office, person, {Anchor.DEPARTURE: LEAVES, Anchor.ARRIVAL: ARRIVAL}, {})

    found = (await shown(database, partner, person)).days
    assert found == {Anchor.DEPARTURE: LEAVES, Anchor.ARRIVAL: ARRIVAL}

    # Back to what their own pathway has counted from all the while, and that by intent.
    await keep(database, partner, person, {**found, Anchor.ARRIVAL: EARLIER}, found)
    assert await expected(database, person) == EARLIER
    assert (await now(database, person)).departs_on == LEAVES
    assert (await shown(database, office, person)).days[Anchor.ARRIVAL] == EARLIER


async def taken_back_elsewhere(
    database: Database, office: Office, partner: Office, person: Returnee
) -> None:
    """The arrival of the partner's pathway, by others; it still counts from that day."""
    await keep(database, partner, person, {Anchor.ARRIVAL: EARLIER}, {})
    await expects(database, office, person, None)


async def test_p5_an_arrival_that_was_taken_back_does_not_come_back_by_an_older_copy(
    database: Database, office: Office, partner: Office, person: Returnee
) -> None:
    await taken_back_elsewhere(database, office, partner, person)

    found = (await shown(database, partner, person)).days
    assert found == {}

    await keep(database, partner, person, found, found)
    assert await expected(database, person) is None
    async with database.begin(partner.organisation.id) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert (await course_of(session, returnee, partner.organisation.id)).place.days == {}


async def test_p5_the_day_that_was_taken_back_is_expected_once_it_is_kept_again(
    database: Database, office: Office, partner: Office, person: Returnee
) -> None:
    """Or nobody would be asked anew after a journey of which the page says that all is planned."""
    await taken_back_elsewhere(database, office, partner, person)

    found = (await shown(database, partner, person)).days
    await keep(database, partner, person, {Anchor.ARRIVAL: EARLIER}, found)

    assert await expected(database, person) == EARLIER


async def test_p5_the_day_that_was_taken_back_is_expected_once_it_is_written_down_again(
    database: Database, office: Office, partner: Office, person: Returnee
) -> None:
    await taken_back_elsewhere(database, office, partner, person)

    await expects(database, partner, person, EARLIER)

    assert await expected(database, person) == EARLIER


async def test_the_day_of_a_departure_stays_as_well_until_somebody_takes_it_away(
    database: Database, office: Office, partner: Office, person: Returnee
) -> None:
    await keep(database, partner, person, {}, {})
    await keep(database, office, person, {Anchor.DEPARTURE: LEAVES}, {})
    await keep(database, partner, person, {}, {})
    assert (await now(database, person)).departs_on == LEAVES

    await keep(database, partner, person, {}, (await shown(database, partner, person)).days)
    assert (await now(database, person)).departs_on is None
    assert (await shown(database, office, person)).days == {}


async def test_an_arrival_set_elsewhere_keeps_the_departure_that_this_pathway_never_knew(
    database: Database, office: Office, partner: Office, person: Returnee
) -> None:
    await keep(database, partner, person, {}, {})
    await keep(database, office, person, {Anchor.DEPARTURE: LEAVES}, {})

    await expects(database, partner, person, ARRIVAL)

    assert (await now(database, person)).departs_on == LEAVES
    assert await expected(database, person) == ARRIVAL


async def test_when_they_came_is_put_right_for_all_and_no_older_copy_undoes_it(
    database: Database, clock: Clock, office: Office, partner: Office, person: Returnee
) -> None:
    for each in (partner, office):
        await keep(database, each, person, {Anchor.ARRIVAL: ARRIVAL}, {})
    set_clock(clock, BACK)
    async with database.begin(SERVICE) as session:
        await turning_points.pass_turning_points(session)
    await keep(database, office, person, {Anchor.ARRIVAL: EARLIER}, {Anchor.ARRIVAL: ARRIVAL})

    found = (await shown(database, partner, person)).days
    await keep(database, partner, person, found, found)

    arrived_at = (await now(database, person)).arrived_at
    assert arrived_at is not None
    assert arrived_at.date() == EARLIER


async def test_of_somebody_who_travels_again_the_page_shows_the_arrival_of_their_own_pathway(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await keep(database, office, person, {Anchor.ARRIVAL: ARRIVAL}, {})
    set_clock(clock, BACK)
    async with database.begin(SERVICE) as session:
        await turning_points.pass_turning_points(session)
    async with database.begin(office.organisation.id) as session:
        await pause(session, office.coordinator, person.id)
    again = {Anchor.ARRIVAL: date(2026, 9, 1)}
    await keep(database, office, person, again, {Anchor.ARRIVAL: ARRIVAL})

    assert (await shown(database, office, person)).days == again
