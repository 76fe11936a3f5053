"""P6: what has been kept long enough goes by itself, announced, and never while work is open."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from domain.campaigns.tally import tally_of
from domain.duty.declaring import name_fallback
from domain.duty.team import FALLBACK
from domain.errors import Refused
from domain.messages.body import Body
from domain.notices import Notice
from domain.organisations import find_organisation
from domain.recovery.quiet import begin_quiet
from domain.retention import announcing, forgetting, reviewing
from domain.retention.forgetting import forget_old
from domain.retention.reviewing import ask_for_reviews
from domain.retention_periods import DAYS, Kind, choose_days, days, period
from domain.returnees.enrolments import current_enrolment, enrol
from domain.safeguarding.complaints import hear_in_confidence
from storage.kinds import CaseEventKind, CaseState, MessageKind, Role, Severity
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.cases import Case, Message
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.privacy import Erasure
from storage.tables.returnees import Enrolment, Returnee
from storage.tables.safeguarding import Complaint
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.checking_in import told
from tests.domain.privacy.canaries import Somebody, sightings
from tests.domain.privacy.erasing import IDS_STAY, everything_is_sent_and_swept
from tests.domain.retention.passing import days_pass, were_told
from tests.postgres import DatabaseUrls
from tests.racing import gate_before, stands_still


async def test_p6_words_go_half_a_year_after_the_case_was_closed_and_are_announced(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await days_pass(database, clock, 165)
    assert await told(database, Notice.RETENTION) == []
    await days_pass(database, clock, 2)
    assert len(await told(database, Notice.RETENTION)) == 1
    assert await how_many(database, Message) == 2
    await days_pass(database, clock, 14)

    assert await how_many(database, Message) == 0
    assert await how_many(database, Case) == 1
    assert len(await told(database, Notice.RETENTION)) == 1


async def test_p6_nothing_goes_that_was_not_announced_two_weeks_before(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await days_pass(database, clock, 400)
    assert len(await told(database, Notice.RETENTION)) == 1
    await days_pass(database, clock, 13)
    assert await how_many(database, Message) == 2
    await days_pass(database, clock, 2)

    assert await how_many(database, Message) == 0


async def test_p6_what_shorter_days_make_old_is_announced_anew_and_goes_two_weeks_later(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await days_pass(database, clock, 40)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, amal.returnee.id)).retention_told_at = session.now
    await days_pass(database, clock, 20)
    async with database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, amal.office.organisation.id)
        choose_days(session, organisation, {Kind.WORDS: 30})
    await days_pass(database, clock, 1)
    assert await how_many(database, Message) == 2
    assert len(await told(database, Notice.RETENTION)) == 1
    await days_pass(database, clock, 15)

    assert await how_many(database, Message) == 0
    assert len(await told(database, Notice.RETENTION)) == 1


async def test_p6_what_shorter_days_make_old_stays_while_the_person_cannot_be_told_of_it(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    """What they were told before the days became fewer was about other days."""
    await days_pass(database, clock, 40)
    async with database.begin(SERVICE) as session:
        (await session.get_one(Returnee, amal.returnee.id)).retention_told_at = session.now
    await days_pass(database, clock, 20)
    async with database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, amal.office.organisation.id)
        choose_days(session, organisation, {Kind.WORDS: 30})
    clock.offset += timedelta(days=14)
    async with database.begin(SERVICE) as session:
        await begin_quiet(session, session.now)
    await days_pass(database, clock, 1)

    assert await how_many(database, Message) == 2


async def test_p6_longer_days_announce_nothing_anew(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await days_pass(database, clock, 167)
    assert len(await told(database, Notice.RETENTION)) == 1
    async with database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, amal.office.organisation.id)
        choose_days(session, organisation, {Kind.CASES: 1000})
    await days_pass(database, clock, 14)

    assert await how_many(database, Message) == 0
    assert len(await told(database, Notice.RETENTION)) == 1


async def test_p6_words_of_whoever_left_go_no_later_and_are_announced_as_well(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    """Handed over to somebody else, say: what the first one has of them is as old as before."""
    async with database.begin(SERVICE) as session:
        await session.execute(update(Enrolment).values(until_at=session.now))
    await days_pass(database, clock, 167)
    assert len(await told(database, Notice.RETENTION)) == 1
    await days_pass(database, clock, 14)

    assert await how_many(database, Message) == 0


async def test_p6_answers_go_after_a_year_and_what_was_counted_stays(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await days_pass(database, clock, 360)
    await days_pass(database, clock, 20)

    assert await how_many(database, CheckIn) == 0
    async with database.begin(SERVICE) as session:
        assert (await tally_of(session, amal.campaign.id)).states.total() == 1


async def test_p6_while_a_case_is_open_nothing_of_that_person_goes(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    person = await centre.person()
    await centre.signal(person, Severity.CONCERN)
    await centre.hears(person, "Hello")
    await days_pass(database, clock, 5000)

    assert await how_many(database, Message) == 1
    assert await how_many(database, Case) == 1
    assert await told(database, Notice.RETENTION) == []


async def test_p6_while_something_told_in_confidence_is_open_nothing_of_that_person_goes(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, amal.returnee.id)
        body = Body(text="He wants money", number=9)
        await hear_in_confidence(session, returnee, MessageKind.TEXT, body, Severity.NONE)
    await days_pass(database, clock, 200)
    await days_pass(database, clock, 20)
    assert await how_many(database, Message) == 2
    async with database.begin(SERVICE) as session:
        await session.execute(update(Complaint).values(closed_at=session.now))
    await days_pass(database, clock, 1)
    await days_pass(database, clock, 15)
    assert await how_many(database, Message) == 0


async def test_p6_whoever_asked_to_be_forgotten_is_told_of_nothing_else_and_asked_for_once(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    async with database.begin(SERVICE) as session:
        later = session.now + timedelta(days=5000)
        session.add(Erasure(returnee_id=amal.returnee.id, asked_at=session.now, not_before=later))
        await session.execute(update(Enrolment).values(until_at=session.now))
    await days_pass(database, clock, 167)
    assert await told(database, Notice.RETENTION) == []
    await days_pass(database, clock, 400)

    assert await how_many(database, Message) == 2
    async with database.begin(SERVICE) as session:
        [erasure] = (await session.scalars(select(Erasure))).all()
        assert erasure.organisation_id is None


async def test_p6_after_all_that_time_no_word_is_left_and_at_last_not_the_person(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await days_pass(database, clock, 170)
    await days_pass(database, clock, 600)
    await days_pass(database, clock, 20)
    assert await how_many(database, Case) == 0
    words = {name: amal.canaries[name] for name in ("words", "note", "reply", "case code")}
    assert {table for table, _ in await sightings(database, words)} <= {"inbox"}
    async with database.begin(SERVICE) as session:
        await session.execute(update(Enrolment).values(until_at=session.now))
    await days_pass(database, clock, 352)
    await days_pass(database, clock, 14)
    await everything_is_sent_and_swept(database, clock)

    assert await how_many(database, Returnee) == 0
    left = await sightings(database, amal.canaries)
    assert left <= {*IDS_STAY, ("inbox", "hash")}


async def a_year_ago(centre: Centre) -> Returnee:
    """Somebody who wrote, and whose case is long closed."""
    person = await centre.person()
    case = await centre.signal(person)
    await centre.hears(person, "It is about my papers")
    async with centre.database.begin(SERVICE) as session:
        closed = {"state": CaseState.RESOLVED, "resolved_at": session.now - timedelta(days=365)}
        await session.execute(update(Case).where(Case.id == case.id).values(**closed))
    return person


async def test_p6_somebody_whose_warning_fails_keeps_nobody_elses_words_for_ever(
    database: Database, clock: Clock, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of theirs goes meanwhile."""
    broken, other = await a_year_ago(centre), await a_year_ago(centre)

    async def warn(session: Session, returnee: Returnee, *args: Any, **kwargs: Any) -> None:
        if returnee.id == broken.id:
            raise RuntimeError("broken")

    monkeypatch.setattr(announcing, "tell_if_it_gets_there", warn)
    await days_pass(database, clock, 0)
    assert await were_told(database, broken, other) == [False, True]

    await days_pass(database, clock, 15)
    async with database.begin(SERVICE) as session:
        left = (await session.scalars(select(Message.returnee_id))).all()
    assert left == [broken.id]


async def test_p6_an_organisation_whose_retention_fails_holds_up_no_other(
    database: Database, clock: Clock, centre: Centre
) -> None:
    others = [await Centre.open(database, clock, name) for name in ("Rabat", "Kyiv", "Vienna")]
    people = [await a_year_ago(each) for each in (centre, *others)]
    async with database.begin(SERVICE) as session:
        first = await session.scalar(select(Organisation.id).order_by(Organisation.id).limit(1))
        broken = await session.get_one(Organisation, first)
        broken.settings = {**broken.settings, "retention": {Kind.WORDS: "for ever"}}
    await days_pass(database, clock, 0)

    told = await were_told(database, *people)
    assert told.count(False) == 1


async def test_p2_a_case_that_is_open_for_ninety_days_comes_up_again_and_again(
    centre: Centre,
) -> None:
    await centre.colleague(Role.SUPERVISOR, chat=77)
    case = await centre.signal(await centre.person())
    seen = []
    for _ in range(3):
        async with centre.database.begin(SERVICE) as session:
            seen.append(await ask_for_reviews(session))
        centre.later(days=91)

    assert seen == [0, 1, 1]
    kinds = await centre.history(case.id)
    assert kinds.count(CaseEventKind.SIGNAL) == 2


async def test_p2_a_case_whose_review_fails_holds_up_no_other(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, other = [await centre.signal(await centre.person()) for _ in range(2)]

    async def alert_unless_broken(session: Session, case: Case) -> None:
        if case.id == broken.id:
            raise RuntimeError("an odd case")

    monkeypatch.setattr(reviewing, "alert", alert_unless_broken)
    centre.later(days=91)
    seen = []
    for _ in range(2):
        async with centre.database.begin(SERVICE) as session:
            seen.append(await ask_for_reviews(session))
    assert seen == [2, 0]
    signals = [
        (await centre.history(case.id)).count(CaseEventKind.SIGNAL) for case in (broken, other)
    ]
    assert signals == [0, 1]
    centre.later(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        assert await ask_for_reviews(session) == 1


async def test_p6_an_organisation_chooses_its_own_days(database: Database, centre: Centre) -> None:
    async with database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        assert choose_days(session, organisation, {})[Kind.WORDS] == DAYS[Kind.WORDS]
        assert choose_days(session, organisation, {Kind.WORDS: 60})[Kind.WORDS] == 60
        with pytest.raises(Refused, match="between 30"):
            choose_days(session, organisation, {Kind.WORDS: 1})
    async with database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        assert days(organisation.settings, Kind.WORDS) == 60


@given(words=st.integers(30, 3650), cases=st.integers(30, 3650))
def test_p6_a_case_never_goes_before_its_words(words: int, cases: int) -> None:
    settings = {"retention": {"words": words, "cases": cases}}

    assert period(settings, Kind.CASES) >= period(settings, Kind.WORDS)


async def test_race_of_choosing_days_and_naming_whom_to_fall_back_on(centre: Centre) -> None:
    """Both stand in the organisation's settings, and neither is lost."""
    lead, vera = await centre.colleague(Role.COORDINATOR), await centre.colleague()

    async def chooses() -> None:
        async with centre.database.begin(SERVICE) as session:
            found = await find_organisation(session, centre.organisation.name, lock=True)
            choose_days(session, found, {Kind.WORDS: 60})

    async with (
        asyncio.TaskGroup() as group,
        centre.database.begin(centre.organisation.id) as session,
    ):
        await name_fallback(session, lead, [vera.staff_id])
        await session.flush()
        choosing = group.create_task(chooses())
        await stands_still(centre.database, choosing)
    async with centre.database.begin(SERVICE) as session:
        kept = (await session.get_one(Organisation, centre.organisation.id)).settings
    assert days(kept, Kind.WORDS) == 60
    assert kept[FALLBACK] == [str(vera.staff_id)]


async def test_p6_race_of_forgetting_those_who_left_and_somebody_who_comes_back(
    urls: DatabaseUrls, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They open an invite in the very moment in which the tick looks."""
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        enrolment = await current_enrolment(session, person.id)
        assert enrolment is not None
        enrolment.until_at = session.now
    await days_pass(centre.database, centre.clock, DAYS[Kind.ENROLMENTS] - 13)
    centre.later(days=14)
    # Of what the tick does before, nothing waits at the gate.
    monkeypatch.setattr(forgetting, "_STEPS", (forgetting._forget_those_who_left,))

    async def forgets() -> None:
        async with centre.database.begin(SERVICE) as session:
            await forget_old(session)

    async with gate_before(urls, "enrolment") as gate, asyncio.TaskGroup() as group:
        async with centre.database.begin(SERVICE) as session:
            await enrol(session, person, centre.organisation)
            await gate.shut()
            looking = group.create_task(forgets())
            await stands_still(centre.database, looking)
        await gate.open()
    assert await how_many(centre.database, Erasure) == 0
