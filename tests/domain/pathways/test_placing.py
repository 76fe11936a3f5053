"""Somebody on a pathway: everything is planned by it, and follows when a day changes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from domain.check_ins.postponing import Later, not_now
from domain.check_ins.sending import send_due
from domain.consent import give_consent
from domain.enrolment.invites import issue_invites
from domain.enrolment.welcoming import enrol_with_invite
from domain.errors import Refused
from domain.pathways.moving import be_in
from domain.pathways.pausing import pause
from domain.pathways.placing import Course, Place, course_of, propose, put, set_arrival
from domain.pathways.planning import Change, wanted
from domain.pathways.shelf import ours
from domain.pathways.values import Anchor, Offset, Unit
from storage.kinds import CheckInState, Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import OnPathway, Task
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.checking_in import Office, open_office
from tests.domain.pathways.placing import ARRIVAL, CARE, THERE, place


async def course(database: Database, office: Office, person: Returnee) -> Course:
    async with database.begin(office.organisation.id) as session:
        returnee = await session.get_one(Returnee, person.id)
        return await course_of(session, returnee, office.organisation.id)


async def check_ins(database: Database) -> Sequence[CheckIn]:
    async with database.begin(SERVICE) as session:
        found = await session.scalars(select(CheckIn).order_by(CheckIn.due_at))
        return found.all()


async def changes(
    database: Database, office: Office, person: Returnee, there: Place
) -> dict[str, Change]:
    async with database.begin(office.organisation.id) as session:
        _, lines = await propose(session, office.coordinator, person.id, there)
    return {line.key: line.change for line in lines}


async def test_a_year_is_planned_ahead_by_the_clock_where_the_person_is(
    database: Database, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)

    tirana = ZoneInfo("Europe/Tirane")
    planned = await check_ins(database)
    # Winter and summer alike.
    assert [f"{each.due_at.astimezone(tirana):%Y-%m-%d %H:%M}" for each in planned] == [
        "2026-05-14 18:00",
        "2026-05-18 18:00",
        "2026-06-11 18:00",
        "2026-08-11 18:00",
        "2026-11-11 18:00",
        "2027-05-11 18:00",
    ]
    assert {each.state for each in planned} == {CheckInState.PLANNED}
    async with database.begin(office.organisation.id) as session:
        tasks = await session.scalars(select(Task.step).order_by(Task.due_at))
        # What would have been due before now is nobody's any more.
        assert tasks.first() == "before-departure.met"


async def test_the_difference_is_what_then_happens_and_looking_changes_nothing(
    database: Database, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)
    later = Place(CARE.key, {**THERE.days, Anchor.ARRIVAL: ARRIVAL + timedelta(days=10)})
    before = [(each.id, each.due_at) for each in await check_ins(database)]

    seen = await changes(database, office, person, later)

    assert {seen[f"month-{month}.check-in"] for month in (1, 3, 6, 12)} == {Change.MOVED}
    assert seen["on-the-way.left"] is Change.SAME
    assert [(each.id, each.due_at) for each in await check_ins(database)] == before
    await place(database, office, person, later)
    after = [(each.id, each.due_at) for each in await check_ins(database)]
    # The same rows: nobody is asked twice.
    assert [id_ for id_, _ in after] == [id_ for id_, _ in before]
    assert [due for _, due in after][:2] == [due + timedelta(days=10) for _, due in before[:2]]


async def test_what_was_asked_stays_asked_whatever_the_days_become(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)
    set_clock(clock, datetime(2026, 5, 14, 16, 1, tzinfo=UTC))
    async with database.begin(SERVICE) as session:
        await send_due(session)
    later = Place(CARE.key, {**THERE.days, Anchor.ARRIVAL: ARRIVAL + timedelta(days=30)})

    assert (await changes(database, office, person, later))["first-days.day-3"] is Change.HAPPENED
    await place(database, office, person, later)

    steps = [each.step for each in await check_ins(database)]
    assert steps.count("first-days.day-3") == 1
    shown = {line.key: line.at for line in (await course(database, office, person)).lines}
    assert shown["first-days.day-3"] == datetime(2026, 5, 14, 16, tzinfo=UTC)
    assert shown["month-1.check-in"] == datetime(2026, 7, 10, 16, tzinfo=UTC)


async def test_a_day_put_back_brings_back_what_had_become_too_late(
    database: Database, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)
    early = Place(CARE.key, {Anchor.ARRIVAL: date(2026, 3, 1)})
    assert (await changes(database, office, person, early))["month-1.check-in"] is Change.TOO_LATE
    await place(database, office, person, early)
    late = {each.step: each for each in await check_ins(database)}["month-1.check-in"]
    assert (late.state, late.reason) == (CheckInState.SKIPPED, "too-late")

    await place(database, office, person, THERE)

    back = {each.step: each for each in await check_ins(database)}["month-1.check-in"]
    assert (back.id, back.state) == (late.id, CheckInState.PLANNED)


async def test_without_a_day_nothing_is_planned_and_the_arrival_that_staff_expect_is_enough(
    database: Database, office: Office, person: Returnee
) -> None:
    await place(database, office, person, Place(CARE.key))
    assert await check_ins(database) == []
    assert {line.change for line in (await course(database, office, person)).lines} == {
        Change.UNKNOWN
    }

    async with database.begin(office.organisation.id) as session:
        await set_arrival(session, office.coordinator, person.id, ARRIVAL)

    assert len(await check_ins(database)) == 6
    assert (await course(database, office, person)).place.days == {Anchor.ARRIVAL: ARRIVAL}


async def test_whoever_is_back_can_come_back_another_day_only_by_moving_on(
    database: Database, office: Office, person: Returnee
) -> None:
    """Campaigns count from the day on which they came, and the pathway would from another."""
    async with database.begin(office.organisation.id) as session:
        returnee = await session.get_one(Returnee, person.id)
        returnee.arrived_at = session.now
        ahead = Place(CARE.key, {Anchor.ARRIVAL: session.now.date() + timedelta(days=9)})
    with pytest.raises(Refused, match="can't lie ahead"):
        await place(database, office, person, ahead)

    await place(database, office, person, Place(CARE.key))
    async with database.begin(office.organisation.id) as session:
        await pause(session, office.coordinator, person.id)
    await place(database, office, person, ahead)

    assert (await course(database, office, person)).place.days == ahead.days


async def test_whoever_is_taken_off_or_put_elsewhere_is_asked_nothing_of_the_old_pathway(
    database: Database, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)
    short = ours()[1]
    await place(database, office, person, Place(short.key, THERE.days))
    by_pathway = {(each.pathway, each.state) for each in await check_ins(database)}
    assert by_pathway == {
        (CARE.key, CheckInState.CANCELLED),
        (short.key, CheckInState.PLANNED),
    }

    await place(database, office, person, Place())

    assert {each.state for each in await check_ins(database)} == {CheckInState.CANCELLED}
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Task))).all() == []
        assert (await session.scalars(select(OnPathway))).all() == []


async def test_optional_stages_are_only_for_those_for_whom_they_are_chosen(
    database: Database, office: Office, person: Returnee
) -> None:
    chosen = Place(CARE.key, THERE.days, ("month-18", "first-days", "unheard-of"))
    await place(database, office, person, chosen)

    steps = {each.step for each in await check_ins(database)}
    assert "month-18.check-in" in steps
    assert "month-24.check-in" not in steps
    assert (await course(database, office, person)).place.chosen == ("month-18",)


async def test_an_invite_to_a_pathway_puts_whoever_comes_by_it_on_it(
    database: Database, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="There is no pathway nowhere"):
            await issue_invites(session, office.organisation.id, pathway="nowhere")
        (new,) = await issue_invites(session, office.organisation.id, pathway=CARE.key)
    async with database.begin(SERVICE) as session:
        returnee = await enrol_with_invite(session, 9, new.code, "sq")
    # Opened again, it changes nothing.
    async with database.begin(SERVICE) as session:
        await enrol_with_invite(session, 9, new.code, "sq")

    pathway = (await course(database, office, returnee)).pathway
    assert pathway is not None
    assert pathway.edition == "care-and-tact@1"


async def test_another_zone_moves_what_is_planned_in_the_same_transaction(
    database: Database, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await be_in(session, returnee, "PT", "Europe/Lisbon")

    lisbon = ZoneInfo("Europe/Lisbon")
    assert {each.due_at.astimezone(lisbon).hour for each in await check_ins(database)} == {18}


async def the_first_is_asked(database: Database, clock: Clock) -> CheckIn:
    set_clock(clock, datetime(2026, 5, 14, 16, 1, tzinfo=UTC))
    async with database.begin(SERVICE) as session:
        await send_due(session)
    return (await check_ins(database))[0]


async def test_never_again_leaves_the_later_ones_for_consent_to_decide(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)
    first = await the_first_is_asked(database, clock)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await not_now(session, returnee, first.id, Later.NEVER, shown="1")
    states = [each.state for each in await check_ins(database)]
    assert states == [CheckInState.CANCELLED, *[CheckInState.PLANNED] * 5]

    # They change their mind before the second, and it is asked.
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await give_consent(session, returnee, Purpose.CHECK_INS, True, "1")
    set_clock(clock, datetime(2026, 5, 18, 16, 1, tzinfo=UTC))
    async with database.begin(SERVICE) as session:
        await send_due(session)
    assert (await check_ins(database))[1].state is CheckInState.SENDING


async def test_what_the_person_put_off_is_not_moved_by_a_day_that_stays(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)
    first = await the_first_is_asked(database, clock)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        put_off = await not_now(session, returnee, first.id, Later.TOMORROW, shown="1")

    await place(database, office, person, THERE)

    assert (await check_ins(database))[0].due_at == put_off


async def test_p10_nobody_of_another_organisation_can_put_somebody_on_a_pathway(
    database: Database, office: Office, person: Returnee
) -> None:
    elsewhere = await open_office(database, "Rabat")
    async with database.begin(elsewhere.organisation.id) as session:
        with pytest.raises(Refused, match="There is no such person"):
            await put(session, elsewhere.coordinator, person.id, THERE, {})


async def test_p7_the_days_of_a_journey_lie_sealed(
    database: Database, office: Office, person: Returnee
) -> None:
    await place(database, office, person, THERE)
    async with database.begin(SERVICE) as session:
        on = (await session.scalars(select(OnPathway))).one()
        assert on.days is not None
        assert ARRIVAL.isoformat().encode() not in on.days


@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.integers(-60, 60),
    st.sampled_from(list(Unit)),
)
def test_a_month_later_is_the_same_day_or_the_last_one(day: date, number: int, unit: Unit) -> None:
    moved = Offset(number, unit).after(day)
    if unit is Unit.MONTHS:
        months = (moved.year - day.year) * 12 + moved.month - day.month
        assert months == number
        assert moved.day == day.day or (
            moved.day < day.day and (moved + timedelta(days=1)).day == 1
        )
    else:
        assert (moved - day).days == number * (7 if unit is Unit.WEEKS else 1)


@given(
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.sampled_from(
        ["Europe/Tirane", "Africa/Casablanca", "Europe/Kyiv", "Europe/Lisbon", "Asia/Amman"]
    ),
)
def test_every_step_is_due_at_its_own_time_there_on_any_day_of_arrival(
    day: date, zone: str
) -> None:
    """Eleven, five and six in the evening are there on every day of every one of them."""
    steps = list(wanted(CARE, {Anchor.ARRIVAL: day}, ("month-18", "month-24"), ZoneInfo(zone)))
    known = [each for each in steps if each.due_at]

    for each in known:
        assert each.due_at is not None
        local = each.due_at.astimezone(ZoneInfo(zone))
        assert (local.time(), local.date()) == (each.step.at, each.step.due.after(day))
    instants = [each.due_at for each in known if each.due_at]
    assert instants == sorted(instants)
    assert len(steps) == len(list(CARE.steps))
