"""The month of the 18th birthday: after it a child is an adult, whom nobody has to declare one."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.children.deciding import decide, protecting
from domain.children.known import mark_age
from domain.consent.turning_points import days_of, expect_majority
from domain.errors import Refused
from domain.notices import Notice
from storage.kinds import AgeBand, Role
from storage.sessions import SERVICE, Clock
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.centre import Centre
from tests.domain.consent.renewing import ALL, somebody, ticks

pytestmark = pytest.mark.usefixtures("morning")

# The same instant is in May in Tirana, and in April in Dakar.
FIRST_HOUR_OF_MAY = datetime(2026, 4, 30, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize("band", [AgeBand.YOUTH, AgeBand.CHILD, AgeBand.UNKNOWN])
@pytest.mark.parametrize("month", [date(2009, 3, 1), date(2026, 4, 30)])
async def test_p5_no_month_that_is_over_makes_an_adult_of_a_child_and_ends_what_was_decided(
    centre: Centre, band: AgeBand, month: date
) -> None:
    """Such as that of their birth, typed by somebody who may not say that they are no child."""
    supervisor, worker = await centre.colleague(Role.SUPERVISOR), await centre.colleague()
    person = await somebody(centre, ALL)
    async with centre.database.begin(centre.organisation.id) as session:
        await mark_age(session, supervisor, person.id, band)
        await decide(session, supervisor, person.id, supervisor.staff_id, "She asks for it.")
        (await session.get_one(Returnee, person.id)).said_child_at = session.now
        with pytest.raises(Refused, match="the one in which they turn 18"):
            await expect_majority(session, worker, person.id, month)
    centre.later(days=1)
    await ticks(centre)

    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert (returnee.age_band, returnee.said_child_at is None) == (band, False)
        assert await protecting(session, person.id) == {centre.organisation.id}


@pytest.mark.parametrize(("place", "is_over"), [("Europe/Tirane", True), ("Africa/Dakar", False)])
async def test_which_month_it_is_says_the_calendar_where_the_child_is(
    centre: Centre, clock: Clock, place: str, is_over: bool
) -> None:
    set_clock(clock, FIRST_HOUR_OF_MAY)
    worker, person = await centre.colleague(), await centre.person()
    april = date(2026, 4, 1)
    async with centre.database.begin(centre.organisation.id) as session:
        (await session.get_one(Returnee, person.id)).time_zone = place
        if is_over:
            with pytest.raises(Refused):
                await expect_majority(session, worker, person.id, april)
        else:
            await expect_majority(session, worker, person.id, april)
        assert (await days_of(session, person.id)).turns_18 == (None if is_over else april)


async def test_p5_whoever_was_taken_for_a_child_by_mistake_is_not_asked_anew_as_an_adult(
    centre: Centre,
) -> None:
    supervisor = await centre.colleague(Role.SUPERVISOR)
    person = await somebody(centre, ALL)
    async with centre.database.begin(centre.organisation.id) as session:
        await mark_age(session, supervisor, person.id, AgeBand.YOUTH)
        month = session.now.date() + timedelta(days=62)
        await expect_majority(session, supervisor, person.id, month)
    async with centre.database.begin(centre.organisation.id) as session:
        await mark_age(session, supervisor, person.id, AgeBand.ADULT)
    centre.later(days=130)
    await ticks(centre)

    assert await centre.sent(Notice.CONSENT_ANEW) == []
    async with centre.database.begin(SERVICE) as session:
        assert (await days_of(session, person.id)).turns_18 is None
