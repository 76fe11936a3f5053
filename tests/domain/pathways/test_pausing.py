"""Somebody who moves on to another country has not failed; and nobody falls out of the plan."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from domain.check_ins.due import locked
from domain.check_ins.outcomes import confirmed
from domain.check_ins.sending import recall_if_over, send_due
from domain.check_ins.silence import fall_silent
from domain.consent import has_consent
from domain.consent.renewal import open_questions, renew_all
from domain.errors import Refused
from domain.notices import Notice
from domain.pathways.bringing import bring
from domain.pathways.moving import write_down_country
from domain.pathways.pausing import go_on, move_on, pause
from domain.pathways.placing import Place
from domain.pathways.reconciling import WhyUnplanned, count_without_next, without_next
from domain.pathways.shelf import ours
from domain.pathways.values import Anchor
from storage.kinds import CheckInState, Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import OnPathway
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.checking_in import Office, add_person, told
from tests.domain.pathways.bringing import later, move
from tests.domain.pathways.placing import place

WEEK_1 = datetime(2026, 5, 18, 16, 1, tzinfo=UTC)


def arrived(day: date = date(2026, 5, 11)) -> Place:
    return Place("three-months", {Anchor.ARRIVAL: day})


async def moves_on(database: Database, office: Office, person: Returnee, country: str) -> None:
    async with database.begin(SERVICE) as session:
        await move_on(session, office.coordinator, person.id, country)


async def states(database: Database) -> dict[str, CheckInState]:
    async with database.begin(SERVICE) as session:
        return {each.step: each.state for each in await session.scalars(select(CheckIn))}


async def test_on_in_another_country_they_get_its_numbers_and_are_asked_anew_what_they_agree_to(
    database: Database, office: Office, person: Returnee
) -> None:
    await place(database, office, person, arrived())
    await moves_on(database, office, person, "PT")

    async with database.begin(SERVICE) as session:
        await renew_all(session)
        returnee = await session.get_one(Returnee, person.id)
        assert (returnee.country, returnee.time_zone) == ("PT", "Europe/Lisbon")
        assert set(await open_questions(session, returnee)) >= {Purpose.CHECK_INS}
        # What they agreed to holds until they answer.
        assert await has_consent(session, returnee.id, Purpose.CHECK_INS)
    assert len(await told(database, Notice.CONSENT_ANEW)) == 1
    for country in ("PT", "XX"):
        with pytest.raises(Refused):
            await moves_on(database, office, person, country)


async def test_who_is_written_down_in_another_country_is_asked_by_its_clock_and_nothing_rests(
    database: Database, office: Office, person: Returnee
) -> None:
    await place(database, office, person, arrived())
    async with database.begin(SERVICE) as session:
        await write_down_country(session, office.coordinator, person.id, "PT")

    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert (returnee.country, returnee.time_zone) == ("PT", "Europe/Lisbon")
        of_week_1 = select(CheckIn.due_at).where(CheckIn.step == "first-days.week-1")
        # Six in the evening there, an hour later than in Tirana.
        assert (await session.scalars(of_week_1)).one() == datetime(2026, 5, 18, 17, tzinfo=UTC)
        assert (await session.scalars(select(OnPathway.paused_at))).one() is None
        await renew_all(session)
        done = await session.scalars(select(AuditEntry.action).order_by(AuditEntry.at.desc()))
        assert done.first() == "person.country"
    assert await told(database, Notice.CONSENT_ANEW) == []
    for country in ("PT", "XX"):
        with pytest.raises(Refused):
            async with database.begin(SERVICE) as session:
                await write_down_country(session, office.coordinator, person.id, country)


async def test_while_it_rests_nothing_is_asked_and_a_new_day_of_arrival_brings_it_back(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await place(database, office, person, arrived())
    await moves_on(database, office, person, "PT")
    # Lisbon's evening begins an hour later.
    set_clock(clock, WEEK_1 + timedelta(hours=1))
    async with database.begin(SERVICE) as session:
        await send_due(session)
    assert (await states(database))["first-days.week-1"] is CheckInState.SKIPPED

    async with database.begin(office.organisation.id) as session:
        await go_on(session, office.coordinator, person.id)
    await place(database, office, person, arrived(date(2026, 6, 1)))

    assert set((await states(database)).values()) == {CheckInState.PLANNED}


async def test_what_rested_and_comes_back_in_a_new_version_has_one_row_that_speaks_for_it(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await place(database, office, person, arrived())
    async with database.begin(office.organisation.id) as session:
        await pause(session, office.coordinator, person.id)
    set_clock(clock, WEEK_1)
    async with database.begin(SERVICE) as session:
        await send_due(session)
    async with database.begin(office.organisation.id) as session:
        await bring(session, office.coordinator, later(ours()[1], "month-1", "5 weeks"))
    await move(database, office)
    async with database.begin(office.organisation.id) as session:
        await go_on(session, office.coordinator, person.id)
    await place(database, office, person, arrived(date(2026, 6, 1)))

    async with database.begin(SERVICE) as session:
        rows = (await session.scalars(select(CheckIn))).all()
    assert {(each.version, each.state) for each in rows} == {
        (1, CheckInState.SUPERSEDED),
        (2, CheckInState.PLANNED),
    }
    assert len(rows) == 6


async def test_what_is_on_its_way_when_the_pathway_rests_is_called_back(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await place(database, office, person, arrived())
    set_clock(clock, WEEK_1)
    async with database.begin(SERVICE) as session:
        await send_due(session)
    async with database.begin(office.organisation.id) as session:
        await pause(session, office.coordinator, person.id)
    async with database.begin(SERVICE) as session:
        sent = await session.scalar(select(CheckIn.id).where(CheckIn.state == CheckInState.SENDING))
        assert sent is not None
        due = (await locked(session, [sent]))[sent]
        assert recall_if_over(session, due)
    assert (await states(database))["first-days.week-1"] is CheckInState.SKIPPED


async def test_whoever_moved_on_has_not_fallen_silent(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await place(database, office, person, arrived())
    set_clock(clock, WEEK_1)
    async with database.begin(SERVICE) as session:
        await send_due(session)
        asked = await session.scalar(
            select(CheckIn.id).where(CheckIn.state == CheckInState.SENDING)
        )
        assert asked is not None
        await confirmed(session, [asked], session.now)
    await moves_on(database, office, person, "IT")
    set_clock(clock, WEEK_1 + timedelta(days=2))
    async with database.begin(SERVICE) as session:
        assert await fall_silent(session) == 1
        assert (await session.scalars(select(Case))).all() == []
    assert (await states(database))["first-days.week-1"] is CheckInState.SKIPPED


@pytest.mark.parametrize("came", [False, True])
async def test_whoever_was_taken_off_the_pathway_is_asked_no_more_and_has_not_fallen_silent(
    database: Database, clock: Clock, office: Office, person: Returnee, came: bool
) -> None:
    """The question was on its way then, or had come."""
    await place(database, office, person, arrived())
    set_clock(clock, WEEK_1)
    async with database.begin(SERVICE) as session:
        await send_due(session)
    await place(database, office, person, Place())
    async with database.begin(SERVICE) as session:
        asked = await session.scalar(
            select(CheckIn.id).where(CheckIn.state == CheckInState.SENDING)
        )
        assert asked is not None
        if came:
            await confirmed(session, [asked], session.now)
        else:
            assert recall_if_over(session, (await locked(session, [asked]))[asked])
    set_clock(clock, WEEK_1 + timedelta(days=2))
    async with database.begin(SERVICE) as session:
        assert await fall_silent(session) == came
        assert (await session.scalars(select(Case))).all() == []
    assert (await states(database))["first-days.week-1"] is CheckInState.SKIPPED


async def test_everybody_without_a_next_check_in_is_found_with_the_reason(
    database: Database, office: Office, person: Returnee
) -> None:
    async with database.begin(SERVICE) as session:
        people = {
            name: await add_person(session, office.organisation, number)
            for number, name in enumerate(
                ("planned", "day", "left", "end", "broken", "rests", "frozen"), start=100
            )
        }
        await add_person(session, office.organisation, 99, invited=False)
    await place(database, office, people["planned"], arrived())
    await place(database, office, people["day"], Place("three-months"))
    # Of whom it is known when they left, and not when they came.
    left = Place("care-and-tact", {Anchor.DEPARTURE: date(2025, 1, 1)})
    await place(database, office, people["left"], left)
    await place(database, office, people["end"], arrived(date(2025, 1, 1)))
    await place(database, office, people["broken"], arrived())
    await place(database, office, people["rests"], arrived(date(2025, 1, 1)))
    async with database.begin(office.organisation.id) as session:
        await pause(session, office.coordinator, people["rests"].id)
    async with database.begin(SERVICE) as session:
        for check_in in await session.scalars(
            select(CheckIn).where(CheckIn.returnee_id == people["broken"].id)
        ):
            await session.delete(check_in)
        await session.execute(
            update(Returnee).where(Returnee.id == people["frozen"].id).values(frozen_at=session.now)
        )

    async with database.begin(office.organisation.id) as session:
        page = await without_next(session, office.coordinator)
        first = await without_next(session, office.coordinator, most=1)
        behind = await without_next(session, office.coordinator, after=first.lines[0].id)
    async with database.begin(SERVICE) as session:
        count = await session.scalar(count_without_next(session.now))

    assert {line.id: line.why for line in page.lines} == {
        person.id: WhyUnplanned.NO_PATHWAY,
        people["day"].id: WhyUnplanned.DAY_MISSING,
        people["left"].id: WhyUnplanned.DAY_MISSING,
        people["end"].id: WhyUnplanned.AT_ITS_END,
        people["broken"].id: WhyUnplanned.NOT_PLANNED,
    }
    assert [*first.lines, *behind.lines] == list(page.lines)
    assert count == 4
    # Kept again, it is planned again.
    await place(database, office, people["broken"], arrived())
    async with database.begin(office.organisation.id) as session:
        again = await without_next(session, office.coordinator)
    assert people["broken"].id not in [line.id for line in again.lines]


async def test_whoever_has_no_pathway_cannot_rest_on_one(
    database: Database, office: Office, person: Returnee
) -> None:
    async with database.begin(office.organisation.id) as session:
        with pytest.raises(Refused, match="on no pathway"):
            await pause(session, office.coordinator, person.id)
    await moves_on(database, office, person, "IT")
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(OnPathway))).all() == []
