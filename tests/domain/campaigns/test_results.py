"""What came back: counted once, when it is over, for groups alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from domain.campaigns import reach
from domain.campaigns.results import Results
from domain.campaigns.schedule import After, Every, Schedule, Unit
from domain.campaigns.tally import count_and_remove
from domain.check_ins.answering import answer
from domain.check_ins.postponing import Later, not_now
from domain.consent import give_consent
from domain.errors import Refused
from domain.figures.publication import Trait
from domain.figures.reach import Reach
from domain.pathways.placing import Place, put
from domain.pathways.values import Anchor
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.questionnaires.values import Questionnaire
from storage.kinds import Purpose
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from tests.clock import set_clock
from tests.domain.campaigns.campaigning import changes, rows, started, tick
from tests.domain.campaigns.counting import ASKED, OVER, SIX, ask, asked, count, read
from tests.domain.checking_in import EVERYTHING, Office, add_person, shelve

#: A week after it is too late to ask wherever on earth its evening comes last.
COUNTED = SIX + timedelta(days=8, hours=16)
FORM = replace(SAFETY_AND_NEEDS, key="first-days")


async def say(database: Database, people: list[Returnee], need: str) -> None:
    async with database.begin(SERVICE) as session:
        for person in people:
            check_in = (
                await session.scalars(
                    select(CheckIn).where(
                        CheckIn.returnee_id == person.id, CheckIn.campaign_id.is_not(None)
                    )
                )
            ).one()
            said = {"safety": "safe", "threat": "no", "need": need, "contact": "no"}
            for question, choice in said.items():
                await answer(session, person, check_in.id, question, choice)


def needs(found: Results) -> dict[str, int]:
    assert found.last
    return {" ".join(each.cells): each.count for each in found.last.figures.whole.questions["need"]}


async def test_p14_they_are_counted_once_a_week_after_the_last_and_then_stay(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign, people = await asked(database, office, clock, 30, EVERYTHING)
    await say(database, people[:12], "work")
    await say(database, people[12:22], "papers")
    await say(database, people[22:24], "housing")
    assert await count(database) == 0
    waiting = await read(database, office, campaign)
    assert (waiting.last, waiting.due_at) == (None, COUNTED)

    set_clock(clock, OVER)
    assert [await count(database), await count(database)] == [1, 0]
    found = await read(database, office, campaign)
    # Two wanted a place to live: they are one sum with the ten who wanted papers.
    together = "housing food health papers talk nothing ?skipped ?nothing"
    assert needs(found) == {"work": 10, together: 10}
    assert found.last
    assert found.last.figures.whole.people == 30
    assert found.last.figures.reach[0].count == 20

    await say(database, people[24:], "work")
    async with database.begin(SERVICE) as session:
        await give_consent(session, people[0], Purpose.ANSWERS, False, "1")
        await session.execute(delete(Returnee).where(Returnee.id == people[1].id))
    assert await count(database) == 0
    assert await read(database, office, campaign) == found


async def test_what_another_answer_took_back_is_nobodys_need(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign, people = await asked(database, office, clock, 30, EVERYTHING)
    await say(database, people, "nothing")
    async with database.begin(SERVICE) as session:
        for check_in in await session.scalars(select(CheckIn).order_by(CheckIn.id).limit(10)):
            person = await session.get_one(Returnee, check_in.returnee_id)
            await answer(session, person, check_in.id, "safety", "danger")
    set_clock(clock, OVER)
    await count(database)

    assert needs(await read(database, office, campaign))["nothing"] == 20


@pytest.mark.parametrize(
    ("schedule", "counted_at"),
    [
        # A week after the first occasion, whatever is planned of the next.
        (Every(Unit.WEEK), datetime(2026, 5, 13, 16, tzinfo=UTC)),
        # A month's people are counted together, and some may still come.
        (After(3), datetime(2026, 6, 9, tzinfo=UTC)),
    ],
)
async def test_the_day_that_is_named_for_them_is_that_on_which_they_are_counted(
    database: Database, office: Office, clock: Clock, schedule: Schedule, counted_at: datetime
) -> None:
    async with database.begin(SERVICE) as session:
        back = SIX - timedelta(days=3)
        await add_person(session, office.organisation, 700_000, arrived_at=back)
    campaign = await ask(database, office, clock, schedule=schedule)
    set_clock(clock, ASKED + timedelta(days=6))
    await tick(database)
    assert (await read(database, office, campaign)).due_at == counted_at

    set_clock(clock, counted_at - timedelta(minutes=1))
    assert await count(database) == 0
    set_clock(clock, counted_at + timedelta(minutes=1))
    assert await count(database) == 1


async def test_an_occasion_that_a_change_took_back_hides_no_results_behind_none(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign, people = await asked(
        database, office, clock, 12, EVERYTHING, schedule=Every(Unit.WEEK)
    )
    await say(database, people, "work")
    set_clock(clock, ASKED + timedelta(days=6))
    await tick(database)
    assert len(await rows(database)) == 24
    await changes(database, office, campaign, schedule=Every(Unit.WEEK, until=date(2026, 5, 11)))
    set_clock(clock, OVER + timedelta(days=7))
    assert [await count(database), await count(database)] == [1, 0]

    found = await read(database, office, campaign)
    assert found.last
    assert (found.last.asked_at, found.last.figures.whole.people) == (SIX, 10)


async def test_one_put_at_an_earlier_time_is_counted_a_week_after_that(
    database: Database, office: Office, clock: Clock
) -> None:
    async with database.begin(SERVICE) as session:
        await add_person(session, office.organisation, 700_000)
    new_years_eve = datetime.fromisoformat("2026-12-31T18:00")
    campaign = await started(database, office, local_time=new_years_eve)
    await changes(database, office, campaign)
    set_clock(clock, ASKED)
    assert (await read(database, office, campaign)).due_at == COUNTED
    set_clock(clock, OVER)
    assert await count(database) == 1

    found = await read(database, office, campaign)
    assert found.last
    assert found.last.asked_at == SIX


async def test_p14_one_that_asked_once_and_is_counted_asks_no_second_round_outside_its_results(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign, _ = await asked(database, office, clock, 12, EVERYTHING)
    set_clock(clock, OVER)
    assert await count(database) == 1
    with pytest.raises(Refused, match="over and counted"):
        await changes(
            database, office, campaign, local_time=datetime.fromisoformat("2026-06-05T18:00")
        )

    assert {row.version for row in await rows(database)} == {1}


async def test_one_that_came_again_and_is_over_goes_on_to_a_later_last_day(
    database: Database, office: Office, clock: Clock
) -> None:
    weekly = Every(Unit.WEEK, until=date(2026, 5, 5))
    campaign, _ = await asked(database, office, clock, 1, EVERYTHING, schedule=weekly)
    set_clock(clock, OVER)
    assert [await count(database), await count(database)] == [1, 0]
    later = Every(Unit.WEEK, until=date(2026, 5, 31))
    again = await changes(database, office, campaign, schedule=later)
    set_clock(clock, OVER + timedelta(days=5))
    await tick(database)

    assert not again.is_over
    assert "2026-05-19T18:00" in {row.step for row in await rows(database)}


async def test_p5_answers_of_those_who_keep_them_from_the_team_are_not_counted(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign, people = await asked(database, office, clock, 12, (Purpose.CHECK_INS,))
    await say(database, people, "work")
    set_clock(clock, OVER)
    await count(database)
    found = await read(database, office, campaign)

    assert found.last
    assert found.last.figures.whole.people == 10
    (everything,) = found.last.figures.whole.questions["contact"]
    assert "yes" in everything.cells


async def all_go(database: Database, people: list[Returnee]) -> None:
    """As when they are forgotten, one by one."""
    for person in people:
        async with database.begin(SERVICE) as session:
            theirs = await session.scalars(select(CheckIn).where(CheckIn.returnee_id == person.id))
            await count_and_remove(session, theirs.all())


def without_work(form: Questionnaire) -> Questionnaire:
    """Its next edition."""
    questions = [
        replace(question, choices=tuple(each for each in question.choices if each.name != "work"))
        for question in form.questions
    ]
    return replace(form, version=form.version + 1, questions=tuple(questions))


@pytest.mark.parametrize("gone", [False, True])
async def test_answers_are_counted_and_read_by_the_edition_that_was_asked(
    database: Database, office: Office, clock: Clock, gone: bool
) -> None:
    await shelve(database, office, FORM)
    campaign, people = await asked(
        database, office, clock, 30, EVERYTHING, questionnaire="first-days"
    )
    await say(database, people[:22], "work")
    await shelve(database, office, without_work(FORM))
    # Some were asked by the next one already: what its codes mean may be something else.
    async with database.begin(SERVICE) as session:
        later = CheckIn.returnee_id.in_([person.id for person in people[12:22]])
        await session.execute(update(CheckIn).where(later).values(questionnaire="first-days@2"))
    if gone:
        await all_go(database, people[10:22])
    set_clock(clock, OVER)
    await count(database)

    found = await read(database, office, campaign)
    assert needs(found) == {
        "work": 10,
        "housing food health papers talk nothing ?skipped ?nothing": 10,
    }
    assert found.last
    assert (found.last.figures.edition, found.last.questions) == (
        "first-days@1",
        FORM.counted_questions,
    )


async def test_while_it_runs_only_rounded_steps_are_shown(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign, people = await asked(database, office, clock, 12, EVERYTHING)
    await say(database, people[:3], "work")
    async with database.begin(office.organisation.id) as session:
        found = await reach(session, office.coordinator, campaign.id)

    assert (found[Reach.ASKED], found[Reach.ANSWERED], found[Reach.FAILED_BY_US]) == (5, 0, 0)


async def test_who_was_asked_and_skipped_it_is_neither_silent_nor_left_out(
    database: Database, office: Office, clock: Clock
) -> None:
    campaign, people = await asked(database, office, clock, 25, EVERYTHING)
    await say(database, people[:10], "work")
    async with database.begin(SERVICE) as session:
        for number, person in enumerate(people[10:18]):
            check_in = (
                await session.scalars(select(CheckIn).where(CheckIn.returnee_id == person.id))
            ).one()
            later = (Later.SKIP, Later.PAUSE, Later.NEVER)[number % 3]
            await not_now(session, person, check_in.id, later, shown="1")
    async with database.begin(office.organisation.id) as session:
        by_now = await reach(session, office.coordinator, campaign.id)
    assert (by_now[Reach.DECLINED], by_now[Reach.NOT_ASKED]) == (5, 0)
    # Whoever is forgotten meanwhile stays in the count, as they ended.
    async with database.begin(SERVICE) as session:
        gone = await session.scalars(select(CheckIn).where(CheckIn.returnee_id == people[10].id))
        await count_and_remove(session, gone.all())
    set_clock(clock, OVER)
    await count(database)

    found = await read(database, office, campaign)
    assert found.last
    steps = {step: each.count for each in found.last.figures.reach for step in each.cells}
    assert (steps[Reach.ANSWERED], steps[Reach.DECLINED], steps[Reach.NO_ANSWER]) == (10, 5, 5)


async def test_they_are_grouped_by_region_and_by_the_stage_at_which_they_were_asked(
    database: Database, office: Office, clock: Clock
) -> None:
    """Those put on a pathway, or come to its next stage, before it is counted were asked without,
    or at the one before.
    """
    first_days = Place("care-and-tact", {Anchor.ARRIVAL: date(2026, 4, 20)})
    async with database.begin(SERVICE) as session:
        people = [
            await add_person(session, office.organisation, 700_000 + each, country="AL")
            for each in range(60)
        ]
        for person in people[:30]:
            await put(session, office.coordinator, person.id, first_days, {})
    campaign = await ask(database, office, clock)
    await say(database, people, "work")
    async with database.begin(office.organisation.id) as session:
        for person in people[:24]:
            (await session.get_one(Returnee, person.id)).region = "Tirana"
        long_ago = Place("care-and-tact", {Anchor.ARRIVAL: date(2026, 1, 20)})
        for person in people[:8]:
            await put(session, office.coordinator, person.id, long_ago, {})
        for person in people[50:]:
            await put(session, office.coordinator, person.id, first_days, {})
    set_clock(clock, OVER)
    await count(database)

    found = await read(database, office, campaign)
    assert found.last
    groups = {
        trait: {group.name: group.people for group in of}
        for trait, of in found.last.figures.groups.items()
    }
    assert groups == {
        Trait.REGION: {"AL/Tirana": 20, None: 35},
        Trait.STAGE: {"care-and-tact/first-days": 30, None: 30},
    }
