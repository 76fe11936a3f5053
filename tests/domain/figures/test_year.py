"""What a year came to: counted once, each person once, and nothing small in it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from domain.actors import Actor
from domain.check_ins.answering import answer
from domain.check_ins.postponing import Later, not_now
from domain.errors import NotAllowed, Refused
from domain.figures.reach import Reach
from domain.figures.suppression import SMALLEST
from domain.figures.year.counting import COMPLAINTS, count_next_year
from domain.figures.year.reading import YearSheet, read_year
from domain.figures.year.values import Part
from domain.organisations import add_organisation
from domain.safeguarding.complaints import confide
from domain.signals.opening import open_or_append
from storage.kinds import CheckInState, ComplaintKind, ReferralState, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.duty import Drill
from storage.tables.figures import YearFigures
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.checking_in import Office, add_person, invite_in, leave

SAID = {"safety": "safe", "threat": "no", "need": "work", "contact": "no"}
#: By month, what twenty people say that they need.
NEEDS = {6: ["housing"] * 20, 9: ["work"] * 12 + ["papers"] * 8}
SKIPPED_IN = 6
OVER = datetime(2027, 1, 25, 12, tzinfo=UTC)


async def planned(
    database: Database, office: Office, people: list[Returnee], days: int = 1
) -> list[CheckIn]:
    """Asked now, and by Telegram's word; over after so many days."""
    async with database.begin(SERVICE) as session:
        rows = [
            CheckIn(
                organisation_id=office.organisation.id,
                returnee_id=person.id,
                version=1,
                questionnaire="safety-and-needs@1",
                state=CheckInState.SENT,
                due_at=session.now,
                sent_at=session.now,
                expires_at=session.now + timedelta(days=days),
            )
            for person in people
        ]
        session.add_all(rows)
    return rows


async def lived(database: Database, clock: Clock, office: Office) -> None:
    """Thirty people: twenty answer, of two check-ins each; five skip it, five say nothing."""
    async with database.begin(SERVICE) as session:
        people = [
            await add_person(session, office.organisation, 700_000 + each) for each in range(30)
        ]
        session.add_all(
            Drill(
                organisation_id=office.organisation.id,
                started_at=session.now,
                answer_by=session.now,
                passed_at=session.now if passed else None,
            )
            for passed in (True, False, True)
        )
        for person in people[:6]:
            await confide(session, person, ComplaintKind.ABOUT_STAFF)
    for month, needs in NEEDS.items():
        set_clock(clock, MORNING.replace(month=month))
        asked = list(zip(people, await planned(database, office, people), strict=True))
        async with database.begin(SERVICE) as session:
            for (person, row), need in zip(asked[:20], needs, strict=True):
                for question, choice in {**SAID, "need": need}.items():
                    await answer(session, person, row.id, question, choice)
            if month == SKIPPED_IN:
                for person, row in asked[20:25]:
                    await not_now(session, person, row.id, Later.SKIP, shown="1")


async def sheet(database: Database, actor: Actor, year: int | None = None) -> YearSheet:
    async with database.begin(SERVICE) as session:
        return await read_year(session, actor, year)


async def count(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await count_next_year(session)


async def test_p14_a_year_is_counted_once_each_person_once_and_then_stays(
    database: Database, clock: Clock, office: Office
) -> None:
    await lived(database, clock, office)
    set_clock(clock, OVER - timedelta(days=2))
    assert await count(database) == 0
    set_clock(clock, OVER)
    assert [await count(database), await count(database)] == [1, 0]

    found = (await sheet(database, office.coordinator, 2026)).found
    reach = {step: each.count for each in found.answers.reach for step in each.cells}
    assert (found.people.base, found.answers.whole.people) == (30, 30)
    assert (reach[Reach.ANSWERED], reach[Reach.DECLINED], reach[Reach.NO_ANSWER]) == (20, 5, 5)
    # What they said last; what they said before counts for nothing.
    needs = {" ".join(each.cells): each.count for each in found.answers.whole.questions["need"]}
    assert needs["work"] == 10
    assert next(count for cells, count in needs.items() if "papers" in cells) == 5
    assert (found.drills.started, found.drills.passed) == (3, 2)
    assert found.complaints.base == 5

    async with database.begin(SERVICE) as session:
        await session.execute(delete(Returnee))
    assert await count(database) == 0
    assert (await sheet(database, office.coordinator, 2026)).found == found


async def test_what_was_asked_on_the_last_day_of_a_year_and_may_be_two_weeks_late_is_in_its_sheet(
    database: Database, clock: Clock, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        people = [await add_person(session, office.organisation, 700_000 + n) for n in range(10)]
    set_clock(clock, OVER.replace(year=2026, month=12, day=31))
    await planned(database, office, people, days=14)
    for day in (16, OVER.day):
        set_clock(clock, OVER.replace(day=day))
        await count(database)

    assert (await sheet(database, office.coordinator, 2026)).found.answers.whole.people == 10


async def test_while_the_year_is_on_neither_answers_nor_complaints_are_shown(
    database: Database, clock: Clock, office: Office
) -> None:
    await lived(database, clock, office)
    set_clock(clock, OVER.replace(year=2026, month=12))
    so_far = await sheet(database, office.coordinator)

    assert so_far.counted_at is None
    assert so_far.found.people.base == 30
    assert so_far.found.answers.reach
    assert so_far.found.answers.whole.questions == {}
    assert so_far.found.answers.groups == {}
    assert so_far.found.complaints == Part(0, ())


async def test_p14_whoever_left_and_came_back_within_the_year_is_one_of_those_who_were_there_before(
    database: Database, clock: Clock, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        people = [await add_person(session, office.organisation, 700_000 + n) for n in range(10)]
    for month, happens in ((3, leave), (6, invite_in)):
        set_clock(clock, MORNING.replace(year=2027, month=month))
        async with database.begin(SERVICE) as session:
            for person in people:
                await happens(
                    session, await session.get_one(Returnee, person.id), office.organisation
                )

    found = (await sheet(database, office.coordinator, 2027)).found.people
    assert found == Part.of({"new": 0, "before": 10})
    # In the year before they came.
    before = (await sheet(database, office.coordinator, 2026)).found.people
    assert before == Part.of({"new": 10, "before": 0})


async def test_a_referral_that_was_agreed_to_stays_so_when_it_ends_before_anybody_is_handed_over(
    database: Database, clock: Clock, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        partner = await add_organisation(session, "Rabat")
        for number in range(10):
            person = await add_person(session, office.organisation, 700_000 + number)
            case = await open_or_append(
                session, person, office.organisation.id, Severity.CONCERN, []
            )
            session.add(
                Referral(
                    case_id=case.id,
                    returnee_id=person.id,
                    organisation_id=office.organisation.id,
                    partner_id=partner.id,
                    state=ReferralState.REVOKED if number % 2 else ReferralState.LAPSED,
                    fields=[],
                    joint_days=7,
                    made_at=session.now,
                    offered_at=session.now,
                    answered_at=session.now if number % 2 else None,
                )
            )
    made = (await sheet(database, office.coordinator)).found.referrals_made
    agreed = [each.count for each in made.sums if "agreed" in each.cells]
    assert (made.base, agreed) == (10, [5])


async def test_a_year_that_never_was_has_no_sheet_and_a_stranger_to_the_role_reads_none(
    database: Database, office: Office
) -> None:
    for year in (2025, 2027):
        with pytest.raises(Refused, match="no figures of that year"):
            await sheet(database, office.coordinator, year)
    actor = office.coordinator
    with pytest.raises(NotAllowed):
        await sheet(database, Actor(actor.staff_id, actor.organisation_id, Role.CASEWORKER))


async def test_of_two_replicas_that_count_the_same_year_at_once_one_counts(
    database: Database, clock: Clock, office: Office
) -> None:
    set_clock(clock, OVER)
    async with database.begin(SERVICE) as one, database.begin(SERVICE) as other:
        assert await count_next_year(one) == 1
        assert await count_next_year(other) == 0
    async with database.begin(SERVICE) as session:
        assert await session.scalar(select(func.count()).select_from(YearFigures)) == 1


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 40)))
def test_p14_no_part_shows_fewer_than_five_or_lets_them_be_taken_from_a_whole(
    counts: dict[str, int],
) -> None:
    part = Part.of(counts)
    whole = sum(counts.values())
    assert part.base <= whole < part.base + SMALLEST
    assert not part.sums or {cell for each in part.sums for cell in each.cells} == set(counts)
    for each in part.sums:
        assert sum(counts[cell] for cell in each.cells) >= SMALLEST
        assert each.count % SMALLEST == 0
    assert set(COMPLAINTS) == {"closed", "open"}
