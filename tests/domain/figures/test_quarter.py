"""What the check-ins of a pathway came to: by step and quarter, once, and nothing small in it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from domain.actors import Actor
from domain.check_ins.answering import answer
from domain.check_ins.outcomes import confirmed
from domain.check_ins.sending import send_due
from domain.errors import NotAllowed, Refused
from domain.figures.publication import Trait
from domain.figures.quarter.counting import count_next_quarter
from domain.figures.quarter.reading import PathwayResults, read_pathway_results
from domain.figures.reach import Reach
from domain.pathways.placing import Place, put
from domain.pathways.values import Anchor
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import Office, add_person, shelve

PATHWAY = "care-and-tact"
SAID = {"safety": "safe", "threat": "no", "contact": "no"}
#: The second quarter ends in Tirana two hours before it does in UTC.
OVER = datetime(2026, 6, 30, 22, 1, tzinfo=UTC) + timedelta(days=24)


async def on_their_way(database: Database, office: Office, many: int) -> list[Returnee]:
    """They came today: the first check-ins are in May and June, the fourth is in August."""
    async with database.begin(SERVICE) as session:
        people = [
            await add_person(session, office.organisation, 700_000 + each, country="AL")
            for each in range(many)
        ]
    async with database.begin(office.organisation.id) as session:
        for person in people:
            place = Place(PATHWAY, {Anchor.ARRIVAL: MORNING.date()})
            await put(session, office.coordinator, person.id, place, {})
    return people


async def asked(
    database: Database, clock: Clock, step: str, needs: dict[Returnee, str], day: datetime
) -> None:
    """Everybody, by Telegram's word; these answer."""
    set_clock(clock, day)
    async with database.begin(SERVICE) as session:
        await send_due(session)
        await session.flush()
        rows = (await session.scalars(select(CheckIn).where(CheckIn.step == step))).all()
        await confirmed(session, [row.id for row in rows], session.now)
        row_of = {row.returnee_id: row for row in rows}
        for person, need in needs.items():
            for question, choice in {**SAID, "need": need}.items():
                await answer(session, person, row_of[person.id].id, question, choice)


async def count(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await count_next_quarter(session)


async def read(
    database: Database, actor: Actor, key: str = PATHWAY, quarter: date | None = None
) -> PathwayResults:
    async with database.begin(actor.organisation_id) as session:
        return await read_pathway_results(session, actor, key, quarter)


def sums(found: PathwayResults, step: str) -> dict[str, int]:
    (of_step,) = [each for each in found.steps if each.step.key == step]
    reach, needs = of_step.figures.reach, of_step.figures.whole.questions["need"]
    return {cell: each.count for each in (*reach, *needs) for cell in each.cells}


async def test_p14_each_step_is_counted_by_itself_once_and_then_stays(
    database: Database, office: Office, clock: Clock
) -> None:
    people = await on_their_way(database, office, 30)
    housing = dict.fromkeys(people[:20], "housing")
    work = dict.fromkeys(people[:12], "work") | dict.fromkeys(people[12:14], "food")
    await asked(database, clock, "first-days.day-3", housing, datetime(2026, 5, 7, 17, tzinfo=UTC))
    await asked(database, clock, "month-1.check-in", work, datetime(2026, 6, 4, 17, tzinfo=UTC))
    set_clock(clock, OVER - timedelta(minutes=2))
    # The first quarter of the year was over before anybody was there.
    assert await count(database) == 0
    waiting = await read(database, office.coordinator)
    assert (waiting.quarter, waiting.counts_on) == (None, date(2026, 7, 25))

    set_clock(clock, OVER)
    assert [await count(database), await count(database)] == [1, 0]
    found = await read(database, office.coordinator)
    assert (found.quarter, found.counts_on) == (date(2026, 4, 1), date(2026, 10, 25))
    # The third month's check-in is in August.
    steps = [each.step.key for each in found.steps]
    assert steps == ["first-days.day-3", "first-days.week-1", "month-1.check-in"]
    first, month = sums(found, "first-days.day-3"), sums(found, "month-1.check-in")
    assert (first[Reach.ANSWERED], first[Reach.NO_ANSWER], first["housing"]) == (20, 10, 20)
    # Two needed food: they are in one sum with whoever comes next.
    assert (month[Reach.ANSWERED], month["work"], month["food"]) == (10, 10, 10)
    assert [
        group for each in found.steps for group in each.figures.groups.get(Trait.STAGE, ())
    ] == []

    async with database.begin(SERVICE) as session:
        await session.execute(delete(Returnee))
    assert await count(database) == 0
    assert await read(database, office.coordinator) == found


async def test_each_step_is_counted_and_read_by_the_edition_that_was_asked(
    database: Database, office: Office, clock: Clock
) -> None:
    people = await on_their_way(database, office, 12)
    work = dict.fromkeys(people, "work")
    await asked(database, clock, "first-days.day-3", work, datetime(2026, 5, 7, 17, tzinfo=UTC))
    other = replace(SAFETY_AND_NEEDS, version=99)
    await shelve(database, office, other)
    async with database.begin(SERVICE) as session:
        first = CheckIn.step == "first-days.day-3"
        await session.execute(update(CheckIn).where(first).values(questionnaire=other.edition))
    set_clock(clock, OVER)
    await count(database)

    found = await read(database, office.coordinator)
    assert found.steps[0].figures.edition == other.edition
    editions = [step.questionnaire.edition for step in found.steps]
    assert editions == [other.edition, *[SAFETY_AND_NEEDS.edition] * 2]


async def test_of_fewer_than_five_nothing_is_said(
    database: Database, office: Office, clock: Clock
) -> None:
    people = await on_their_way(database, office, 4)
    day = datetime(2026, 5, 7, 17, tzinfo=UTC)
    await asked(database, clock, "first-days.day-3", dict.fromkeys(people, "work"), day)
    set_clock(clock, OVER)
    await count(database)

    found = await read(database, office.coordinator)
    assert {each.figures.whole.people for each in found.steps} == {0}
    assert [each.figures.reach for each in found.steps] == [()] * len(found.steps)


async def test_what_is_not_there_or_not_theirs_is_refused(
    database: Database, office: Office
) -> None:
    with pytest.raises(Refused, match="pathway"):
        await read(database, office.coordinator, "no-such")
    with pytest.raises(Refused, match="quarter"):
        await read(database, office.coordinator, quarter=date(2026, 1, 1))
    worker = Actor(office.coordinator.staff_id, office.organisation.id, Role.CASEWORKER)
    with pytest.raises(NotAllowed):
        await read(database, worker)
