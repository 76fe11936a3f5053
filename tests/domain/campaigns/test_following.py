"""Campaigns that count from the days of a journey follow when staff change such a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.campaigns import preview
from domain.campaigns.following import moved_by, put_and_follow
from domain.campaigns.schedule import After, after, schedule_of
from domain.check_ins.eligibility import Exclusion
from domain.errors import Refused
from domain.pathways.placing import Place, course_of
from domain.pathways.shelf import ours
from domain.pathways.values import Anchor, Days
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.campaigns.campaigning import changes, drafted, rows, started, tick
from tests.domain.checking_in import Office, add_person, invite_in, open_office
from tests.statements import caught

WEEK_BEFORE = After(-7, Anchor.DEPARTURE)


async def joins(database: Database, office: Office, number: int = 1, **facts: Any) -> Returnee:
    async with database.begin(SERVICE) as session:
        return await add_person(session, office.organisation, number, **facts)


async def says(
    database: Database, office: Office, person: Returnee, days: Days
) -> list[tuple[datetime | None, datetime | None]]:
    """What was shown before it was kept."""
    async with database.begin(office.organisation.id) as session:
        returnee = await session.get_one(Returnee, person.id)
        stood = (await course_of(session, returnee, office.organisation.id)).place.days
        moves = await moved_by(session, office.coordinator, returnee, days, stood)
        shown = [(move.was, move.will) for move in moves]
    async with database.begin(SERVICE) as session:
        await put_and_follow(session, office.coordinator, person.id, Place(days=days), stood)
    return shown


def leaves(day: date) -> Days:
    return {Anchor.DEPARTURE: day}


async def test_days_are_shown_again_to_whoever_comes_back_to_them(
    database: Database, office: Office
) -> None:
    person = await joins(database, office)
    days = {Anchor.DEPARTURE: date(2026, 5, 12), Anchor.ARRIVAL: date(2026, 5, 13)}
    await says(database, office, person, days)
    async with database.begin(office.organisation.id) as session:
        returnee = await session.get_one(Returnee, person.id)
        course = await course_of(session, returnee, office.organisation.id)
    assert course.place == Place(days=days)


async def planned(database: Database) -> list[tuple[CheckInState, datetime]]:
    return [(row.state, row.due_at) for row in await rows(database)]


async def test_days_before_a_departure_are_counted_and_follow_when_it_is_put_off(
    database: Database, office: Office
) -> None:
    person = await joins(database, office)
    await joins(database, office, 2)
    await says(database, office, person, leaves(date(2026, 5, 12)))
    campaign = await drafted(database, office.coordinator, schedule=WEEK_BEFORE, name="Shown")
    async with database.begin(office.organisation.id) as session:
        seen = await preview(session, office.coordinator, campaign.id)
    assert (seen.included, seen.excluded) == (1, {Exclusion.NO_DEPARTURE: 1})
    await started(database, office, schedule=WEEK_BEFORE)
    first = datetime(2026, 5, 5, 16, tzinfo=UTC)
    assert await planned(database) == [(CheckInState.PLANNED, first)]

    later = first + timedelta(days=30)
    assert await says(database, office, person, leaves(date(2026, 6, 11))) == [(first, later)]
    assert await planned(database) == [(CheckInState.PLANNED, later)]
    assert [row.step for row in await rows(database)] == ["after-2026-06"]
    # The same again changes nothing, and planning anew plans nobody twice.
    assert await says(database, office, person, leaves(date(2026, 6, 11))) == []
    await tick(database)
    assert await planned(database) == [(CheckInState.PLANNED, later)]

    assert await says(database, office, person, {}) == [(later, None)]
    assert await planned(database) == []


async def test_the_same_days_again_move_nothing_that_waits_since_before_a_change(
    database: Database, office: Office, clock: Clock
) -> None:
    person = await joins(database, office)
    await says(database, office, person, leaves(date(2026, 5, 12)))
    campaign = await started(database, office, schedule=WEEK_BEFORE)
    set_clock(clock, datetime(2026, 5, 5, 18, tzinfo=UTC))
    await changes(database, office, campaign, schedule=WEEK_BEFORE)

    assert await says(database, office, person, leaves(date(2026, 5, 12))) == []


async def test_whoever_was_asked_stays_as_they_are(database: Database, office: Office) -> None:
    person = await joins(database, office)
    await says(database, office, person, leaves(date(2026, 5, 12)))
    await started(database, office, schedule=WEEK_BEFORE)
    async with database.begin(SERVICE) as session:
        for row in await rows(database):
            asked = await session.get_one(CheckIn, row.id)
            asked.state, asked.sent_at = CheckInState.SENT, session.now
    before = await planned(database)

    assert await says(database, office, person, leaves(date(2026, 6, 11))) == []
    assert await planned(database) == before


@pytest.mark.parametrize(
    ("changed", "state"),
    [(False, CheckInState.MISSED_BY_US), (True, CheckInState.SKIPPED)],
    ids=["written down late", "and it was changed meanwhile"],
)
async def test_whose_day_came_too_late_is_asked_by_the_day_that_is_put_right(
    database: Database, office: Office, clock: Clock, changed: bool, state: CheckInState
) -> None:
    campaign = await started(database, office, schedule=WEEK_BEFORE)
    person = await joins(database, office)
    set_clock(clock, datetime(2026, 5, 10, 17, tzinfo=UTC))
    assert await says(database, office, person, leaves(date(2026, 5, 16))) == []
    if changed:
        await changes(database, office, campaign, schedule=WEEK_BEFORE)
    await tick(database)
    [before] = await rows(database)
    assert (before.state, before.reason) == (state, Exclusion.TOO_LATE)
    # For another day it is too late as well, and what became of it stays.
    assert await says(database, office, person, leaves(date(2026, 5, 15))) == []
    [still] = await rows(database)
    assert (still.state, still.reason) == (state, Exclusion.TOO_LATE)

    will = datetime(2026, 6, 4, 16, tzinfo=UTC)
    assert await says(database, office, person, leaves(date(2026, 6, 11))) == [(None, will)]

    await tick(database)
    [row] = await rows(database)
    assert (row.state, row.reason, row.due_at, row.step) == (
        CheckInState.PLANNED,
        None,
        will,
        "after-2026-06",
    )


async def test_a_day_of_arrival_put_right_moves_what_counts_from_it(
    database: Database, office: Office
) -> None:
    person = await joins(database, office, arrived_at=MORNING - timedelta(days=9))
    await started(database, office, schedule=After(10))
    was = datetime(2026, 5, 5, 16, tzinfo=UTC)
    assert await planned(database) == [(CheckInState.PLANNED, was)]

    will = was + timedelta(days=5)
    days = {Anchor.ARRIVAL: date(2026, 4, 30)}
    assert await says(database, office, person, days) == [(was, will)]
    assert await planned(database) == [(CheckInState.PLANNED, will)]


async def test_the_campaigns_of_others_who_accompany_them_follow_too_and_are_theirs_to_see(
    database: Database, office: Office
) -> None:
    person = await joins(database, office)
    partner = await open_office(database, "Rabat")
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        elsewhere = await session.get_one(Organisation, partner.organisation.id)
        await invite_in(session, returnee, elsewhere)
    await says(database, office, person, leaves(date(2026, 5, 12)))
    await started(database, partner, schedule=WEEK_BEFORE)
    first = datetime(2026, 5, 5, 16, tzinfo=UTC)
    assert await planned(database) == [(CheckInState.PLANNED, first)]

    assert await says(database, office, person, leaves(date(2026, 6, 11))) == []
    later = first + timedelta(days=30)
    assert await planned(database) == [(CheckInState.PLANNED, later)]

    assert await says(database, partner, person, leaves(date(2026, 6, 12))) == [
        (later, later + timedelta(days=1))
    ]


def test_of_a_return_no_days_are_counted_before_it() -> None:
    assert after(-7, "departure") == WEEK_BEFORE
    for days, of in ((-1, "arrival"), (-366, "departure"), (3, "somewhere")):
        with pytest.raises(Refused):
            after(days, of)


async def test_the_schedule_of_a_campaign_is_read_back_as_it_was_chosen(
    database: Database, office: Office
) -> None:
    for schedule in (WEEK_BEFORE, After(3)):
        campaign = await drafted(
            database, office.coordinator, schedule=schedule, name=str(schedule)
        )
        assert schedule_of(campaign) == schedule


async def test_however_many_campaigns_there_are_the_same_is_asked(
    database: Database, office: Office
) -> None:
    person = await joins(database, office)
    await says(database, office, person, leaves(date(2026, 5, 12)))

    async def asked() -> tuple[int, int]:
        async with database.begin(office.organisation.id) as session:
            returnee = await session.get_one(Returnee, person.id)
            with caught(database) as said:
                moves = await moved_by(
                    session, office.coordinator, returnee, leaves(date(2026, 6, 11)), {}
                )
        return len(moves), len(said)

    await started(database, office, schedule=WEEK_BEFORE)
    assert (once := await asked())[0] == 1
    for number in range(3):
        await started(
            database, office, schedule=After(-number - 1, Anchor.DEPARTURE), name=str(number)
        )
    assert await asked() == (4, once[1])


async def test_one_that_is_not_written_down_yet_is_shown_by_the_days_as_they_stand(
    database: Database, office: Office
) -> None:
    """It is planned a day ahead, and the same days again move nothing."""
    person = await joins(database, office)
    await says(database, office, person, leaves(date(2026, 7, 12)))
    await started(database, office, schedule=WEEK_BEFORE)
    assert await planned(database) == []

    was = datetime(2026, 7, 5, 16, tzinfo=UTC)
    assert await says(database, office, person, leaves(date(2026, 7, 12))) == []
    assert await says(database, office, person, leaves(date(2026, 7, 13))) == [
        (was, was + timedelta(days=1))
    ]


async def test_a_day_that_another_organisation_wrote_down_since_is_not_moved_by_an_older_page(
    database: Database, office: Office
) -> None:
    person = await joins(database, office)
    await says(database, office, person, leaves(date(2026, 5, 12)))
    await started(database, office, schedule=WEEK_BEFORE)
    before = await planned(database)
    assert len(before) == 1
    older = leaves(date(2026, 6, 11))
    async with database.begin(SERVICE) as session:
        there = Place(ours()[0].key, older)
        await put_and_follow(session, office.coordinator, person.id, there, older)

    assert await planned(database) == before
