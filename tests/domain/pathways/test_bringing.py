"""A pathway written again is a new version; people stay on theirs until they are moved."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from domain.check_ins.outcomes import confirmed
from domain.check_ins.postponing import on_day
from domain.check_ins.sending import send_due
from domain.pathways.bringing import bring, differences, people_on
from domain.pathways.moving import be_in
from domain.pathways.placing import Place, put
from domain.pathways.shelf import newest, newest_of_each
from domain.pathways.tasks import done_lately, mark, open_tasks, take
from domain.pathways.values import Anchor, Pathway
from domain.safety.phones import pause
from storage.kinds import CheckInState
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.audit import AuditEntry
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import OnPathway, Task
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import Office
from tests.domain.pathways.bringing import CARE, SHORT, bid_move, later, move, tick
from tests.racing import stands_still


async def put_there(
    database: Database, office: Office, person: Returnee, pathway: Pathway = SHORT
) -> None:
    async with database.begin(office.organisation.id) as session:
        there = Place(pathway.key, {Anchor.ARRIVAL: date(2026, 5, 4)})
        await put(session, office.coordinator, person.id, there, {})


async def test_one_of_ours_written_again_is_theirs_alone_from_the_second_version_on(
    database: Database, office: Office
) -> None:
    async with database.begin(office.organisation.id) as session:
        taken = await bring(session, office.coordinator, later(SHORT, "month-1", "5 weeks"))
        again = await bring(session, office.coordinator, later(SHORT, "month-1", "5 weeks"))
        assert (taken.version, again.version) == (2, 2)
        assert len(await newest_of_each(session, office.organisation.id)) == 2
        assert (await newest(session, office.organisation.id, SHORT.key)).version == 2
    assert [each.key for each in differences(SHORT, taken)] == [
        "month-1.check-in",
        "month-1.plan",
    ]


async def test_people_stay_on_their_version_until_they_are_moved_and_nobody_is_asked_twice(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await put_there(database, office, person)
    set_clock(clock, datetime(2026, 5, 11, 16, 1, tzinfo=UTC))
    async with database.begin(SERVICE) as session:
        await send_due(session)
    async with database.begin(office.organisation.id) as session:
        changed = later(later(SHORT, "first-days", "2 weeks"), "month-1", "5 weeks")
        await bring(session, office.coordinator, changed)
        assert await people_on(session, office.coordinator, SHORT.key) == {1: 1}
    # A day that is kept again does not move them.
    await put_there(database, office, person)
    async with database.begin(SERVICE) as session:
        assert set(await session.scalars(select(CheckIn.version))) == {1}

    await move(database, office)

    async with database.begin(SERVICE) as session:
        found = await session.scalars(select(CheckIn).order_by(CheckIn.step, CheckIn.version))
        assert [(each.step, each.version, each.state) for each in found] == [
            ("first-days.week-1", 1, CheckInState.SENDING),
            ("month-1.check-in", 1, CheckInState.SUPERSEDED),
            ("month-1.check-in", 2, CheckInState.PLANNED),
            ("month-3.check-in", 1, CheckInState.SUPERSEDED),
            ("month-3.check-in", 2, CheckInState.PLANNED),
        ]
        on = (await session.scalars(select(OnPathway))).one()
        assert (on.pathway, on.moves_to) == ("three-months@2", None)


async def put_in_force(database: Database, office: Office) -> None:
    async with database.begin(office.organisation.id) as session:
        await bring(session, office.coordinator, later(SHORT, "month-1", "5 weeks"))


async def stands_on(database: Database) -> tuple[str, str | None, set[str | None]]:
    """The edition, the one that they are to move to, and the pathways of what is planned."""
    async with database.begin(SERVICE) as session:
        on = (await session.scalars(select(OnPathway))).one()
        planned = select(CheckIn.pathway).where(CheckIn.state == CheckInState.PLANNED)
        return on.pathway, on.moves_to, set(await session.scalars(planned))


async def test_whoever_is_put_on_another_pathway_before_they_are_moved_stays_there(
    database: Database, office: Office, person: Returnee
) -> None:
    await put_there(database, office, person)
    await put_in_force(database, office)
    async with database.begin(office.organisation.id) as session:
        await bid_move(session, office)
    await put_there(database, office, person, CARE)
    async with database.begin(office.organisation.id) as session:
        assert await people_on(session, office.coordinator, CARE.key) == {1: 1}

    await tick(database)

    assert await stands_on(database) == (CARE.edition, None, {CARE.key})


async def test_whoever_is_put_on_another_pathway_while_all_are_told_to_move_stays_there(
    database: Database, office: Office, person: Returnee
) -> None:
    await put_there(database, office, person)
    await put_in_force(database, office)
    async with asyncio.TaskGroup() as group, database.begin(office.organisation.id) as session:
        await bid_move(session, office)
        otherwise = group.create_task(put_there(database, office, person, CARE))
        await stands_still(database, otherwise)

    await tick(database)

    assert await stands_on(database) == (CARE.edition, None, {CARE.key})


ASKED_AT = datetime(2026, 5, 11, 16, 1, tzinfo=UTC)


async def asked_and_put_off(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> datetime | None:
    """The first check-in was asked on a Monday, and is to be asked again on Sunday."""
    await put_there(database, office, person)
    set_clock(clock, ASKED_AT)
    async with database.begin(SERVICE) as session:
        await send_due(session)
    async with database.begin(SERVICE) as session:
        first = (await first_check_ins(session))[0]
        await confirmed(session, [first.id], session.now)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        return await on_day(session, returnee, first.id, date(2026, 5, 17))


async def first_check_ins(session: Session) -> list[CheckIn]:
    """What stands of them."""
    found = await session.scalars(
        select(CheckIn).where(
            CheckIn.step == "first-days.week-1", CheckIn.state != CheckInState.SUPERSEDED
        )
    )
    return list(found)


@pytest.mark.parametrize("days", [1, 4])
async def test_p12_what_the_person_put_off_stays_theirs_in_a_new_version(
    database: Database, clock: Clock, office: Office, person: Returnee, days: int
) -> None:
    """While the pathway's own time for it still runs, and when that is long over."""
    put_off = await asked_and_put_off(database, clock, office, person)
    set_clock(clock, ASKED_AT + timedelta(days=days))
    async with database.begin(office.organisation.id) as session:
        await bring(session, office.coordinator, later(SHORT, "month-1", "5 weeks"))
    await move(database, office)
    async with database.begin(SERVICE) as session:
        await send_due(session)
        (first,) = await first_check_ins(session)
        assert (first.due_at, first.state) == (put_off, CheckInState.PLANNED)


async def test_p12_what_the_person_put_off_is_not_asked_at_once_in_another_country(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    put_off = await asked_and_put_off(database, clock, office, person)
    set_clock(clock, ASKED_AT + timedelta(hours=1))
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await be_in(session, returnee, "PT", "Europe/Lisbon")
    async with database.begin(SERVICE) as session:
        await send_due(session)
        (first,) = await first_check_ins(session)
        assert (first.due_at, first.state) == (put_off, CheckInState.PLANNED)


async def test_p12_what_the_person_put_off_stays_theirs_while_something_holds_it(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    put_off = await asked_and_put_off(database, clock, office, person)
    assert put_off is not None
    set_clock(clock, put_off + timedelta(minutes=1))
    async with database.begin(SERVICE) as session:
        pause(await session.get_one(Returnee, person.id))
    async with database.begin(SERVICE) as session:
        await send_due(session)
    async with database.begin(office.organisation.id) as session:
        await bring(session, office.coordinator, later(SHORT, "month-1", "5 weeks"))
    await move(database, office)
    async with database.begin(SERVICE) as session:
        (first,) = await first_check_ins(session)
        assert (first.version, first.state, first.reason) == (1, CheckInState.HELD, "paused")


async def test_what_the_person_put_off_is_not_asked_once_they_are_on_no_pathway(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    await asked_and_put_off(database, clock, office, person)
    async with database.begin(office.organisation.id) as session:
        await put(session, office.coordinator, person.id, Place(), {})
        (first,) = await first_check_ins(session)
        assert (first.state, first.reason) == (CheckInState.CANCELLED, "off-pathway")


async def test_a_list_of_tasks_begins_anew_where_the_one_that_it_was_to_go_on_after_is_gone(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    set_clock(clock, MORNING)
    await put_there(database, office, person)
    async with database.begin(office.organisation.id) as session:
        first, *others = (await open_tasks(session, office.coordinator)).lines
        assert (await open_tasks(session, office.coordinator, first.id)).lines == others
        assert (await open_tasks(session, office.coordinator, uuid4())).lines == [first, *others]


async def test_a_task_is_listed_with_its_person_done_by_somebody_and_taken_back(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    set_clock(clock, MORNING)
    await put_there(database, office, person)
    async with database.begin(office.organisation.id) as session:
        (first, *_) = (await open_tasks(session, office.coordinator)).lines
        assert first.text.text == "Make sure with them that they have arrived"
        assert not first.overdue
        await mark(session, office.coordinator, first.id, done=True)
        await mark(session, office.coordinator, first.id, done=True)
        assert first.id not in [
            each.id for each in (await open_tasks(session, office.coordinator)).lines
        ]
        assert [each.id for each in await done_lately(session, office.coordinator)] == [first.id]
    # What is done stays done, whatever the days become.
    await put_there(database, office, person)
    async with database.begin(office.organisation.id) as session:
        assert len(await done_lately(session, office.coordinator)) == 1
        await mark(session, office.coordinator, first.id, done=False)
        entries = await session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == first.id)
        )
        assert sorted(entries) == ["task.done", "task.reopened"]


async def test_p12_a_task_that_was_taken_stays_theirs_in_a_new_version_and_is_not_told_of_anew(
    database: Database, clock: Clock, office: Office, person: Returnee
) -> None:
    set_clock(clock, MORNING)
    await put_there(database, office, person)
    async with database.begin(office.organisation.id) as session:
        (first, *_) = (await open_tasks(session, office.coordinator)).lines
        await take(session, office.coordinator, first.id)
        await session.execute(update(Task).values(tell_again_at=session.now))
        await bring(session, office.coordinator, later(SHORT, "month-1", "5 weeks"))
    await move(database, office)
    async with database.begin(SERVICE) as session:
        found = (await session.scalars(select(Task).order_by(Task.due_at))).all()
    assert {task.version for task in found} == {2}
    assert [task.staff_id for task in found] == [
        office.coordinator.staff_id,
        *(None for _ in found[1:]),
    ]
    # What is due on another day is told of anew.
    moved = {task.step for task in found if task.tell_again_at is None}
    assert moved == {"month-1.plan"}
