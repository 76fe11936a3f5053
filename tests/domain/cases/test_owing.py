"""Who was answered once, and then says more that nobody answers, waits as if nobody ever had."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.work import ask_to_talk, release
from domain.colleagues.leaving import disable_staff
from domain.crisis.answering import ask_for_human
from domain.notices import Notice
from domain.queue.lines import Part, queue
from domain.replies.unreached import never_arrived
from domain.replies.unsent import take_words_back
from domain.returnees.person import lock_person
from domain.signals.good_time import GoodTime, say_when
from domain.signals.opening import judged_graver, open_or_append
from storage.kinds import OutboxState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.waits import Wait
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre

VERA, IN_TIME = 701, timedelta(minutes=5)
Step = Callable[[Centre, Actor, Case], Awaitable[None]]
Says = Callable[[Centre, Returnee, Case], Awaitable[object]]


@pytest.fixture
async def vera(centre: Centre) -> Actor:
    set_clock(centre.clock, MORNING)
    return await centre.colleague(chat=VERA, on_duty=True)


@pytest.fixture
async def person(centre: Centre) -> Returnee:
    return await centre.person()


@pytest.fixture
async def answered(centre: Centre, vera: Actor, person: Returnee) -> Case:
    """An emergency in somebody's hands, who wrote a minute ago."""
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    await centre.writes(vera, case)
    await centre.all_arrives()
    centre.later(minutes=1)
    return case


async def writes_more(centre: Centre, person: Returnee, case: Case) -> datetime:
    message = await centre.hears(person, "He is hitting me now, help")
    assert message is not None
    assert message.case_id == case.id
    return message.at


async def due_in_queue(centre: Centre, actor: Actor) -> datetime | None:
    async with centre.database.begin(centre.organisation.id) as session:
        (line,) = (await queue(session, actor, Part.WAITING)).lines
    return line.deadline_at


async def times_told(centre: Centre) -> int:
    await centre.tick()
    return len(await centre.sent(Notice.NOBODY_YET))


async def runs_out(centre: Centre, actor: Actor, case: Case) -> None:
    centre.later(minutes=5)
    await centre.tick()


async def gives_back(centre: Centre, actor: Actor, case: Case) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await release(session, actor, case.id)


async def leaves_the_team(centre: Centre, actor: Actor, case: Case) -> None:
    boss = await centre.colleague(Role.ADMIN)
    async with centre.database.begin(SERVICE) as session:
        await disable_staff(session, boss, actor.staff_id)


@pytest.mark.parametrize("goes_back", [runs_out, gives_back, leaves_the_team])
async def test_p2_p11_what_nobody_answered_keeps_its_deadline_in_nobodys_hands_and_they_hear_so(
    centre: Centre, vera: Actor, person: Returnee, answered: Case, goes_back: Step
) -> None:
    ana = await centre.colleague(on_duty=True)
    wrote_at = await writes_more(centre, person, answered)
    await goes_back(centre, vera, answered)
    assert await due_in_queue(centre, ana) == wrote_at + IN_TIME
    centre.later(minutes=5)

    assert await times_told(centre) == 1
    centre.later(hours=1)
    await writes_more(centre, person, answered)
    assert await times_told(centre) == 1, "once is enough"
    assert await due_in_queue(centre, ana) == wrote_at + IN_TIME


async def test_p11_whoever_gave_it_back_in_time_has_told_nobody_yet(
    centre: Centre, vera: Actor, person: Returnee, answered: Case
) -> None:
    await writes_more(centre, person, answered)
    await gives_back(centre, vera, answered)
    centre.later(minutes=3)

    assert await times_told(centre) == 0


async def asks_for_somebody(centre: Centre, person: Returnee, case: Case) -> None:
    async with centre.database.begin(SERVICE) as session:
        await ask_for_human(session, await session.get_one(Returnee, person.id))


@pytest.mark.parametrize("says", [writes_more, asks_for_somebody])
async def test_p2_p11_what_is_said_while_nobody_has_the_case_has_a_deadline_too(
    centre: Centre, vera: Actor, person: Returnee, answered: Case, says: Says
) -> None:
    await gives_back(centre, vera, answered)
    assert await due_in_queue(centre, vera) is None
    centre.later(minutes=20)
    await says(centre, person, answered)

    assert await due_in_queue(centre, vera) is not None
    assert await times_told(centre) == 0
    centre.later(minutes=6)
    assert await times_told(centre) == 1


async def says_thanks(centre: Centre, person: Returnee, case: Case) -> None:
    await centre.hears(person, "Thank you so much!")


async def falls_silent(centre: Centre, person: Returnee, case: Case) -> None:
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        here, silent = case.organisation_id, ["check-in.silence"]
        await open_or_append(session, known, here, Severity.CONCERN, silent)


@pytest.mark.parametrize("says", [says_thanks, falls_silent])
async def test_p11_whoever_asked_for_nothing_since_is_not_told_that_nobody_answered(
    centre: Centre, vera: Actor, person: Returnee, answered: Case, says: Says
) -> None:
    await says(centre, person, answered)
    await gives_back(centre, vera, answered)
    centre.later(hours=1)

    assert await times_told(centre) == 0
    assert await due_in_queue(centre, vera) is None


async def test_p2_p11_whoever_said_that_it_is_safe_to_talk_and_hears_nothing_waits_anew(
    centre: Centre, vera: Actor, person: Returnee, answered: Case
) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await ask_to_talk(session, vera, answered.id)
    centre.later(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await say_when(session, known, answered.id, GoodTime.NOW)
    await runs_out(centre, vera, answered)

    assert await times_told(centre) == 1


async def test_p2_words_that_are_taken_back_leave_the_new_deadline_as_it_was(
    centre: Centre, vera: Actor, person: Returnee, answered: Case
) -> None:
    wrote_at = await writes_more(centre, person, answered)
    await gives_back(centre, vera, answered)
    await centre.claims(vera, answered)
    words = await centre.writes(vera, answered)
    async with centre.database.begin(centre.organisation.id) as session:
        await take_words_back(session, vera, answered.id, words.id)

    after = await centre.fresh(answered)
    assert (after.first_action_at, after.deadline_at) == (None, wrote_at + IN_TIME)


async def test_both_promises_are_counted_each_from_when_they_asked(
    centre: Centre, vera: Actor, person: Returnee, answered: Case
) -> None:
    wrote_at = await writes_more(centre, person, answered)
    await runs_out(centre, vera, answered)
    await centre.claims(vera, answered)
    await centre.writes(vera, answered)
    async with centre.database.begin(SERVICE) as session:
        waits = (await session.scalars(select(Wait).order_by(Wait.began_at))).all()

    assert [(each.began_at, each.due_at) for each in waits][1] == (wrote_at, wrote_at + IN_TIME)
    assert [each.acted_at is None for each in waits] == [False, True]


async def test_p2_p11_whose_second_answer_failed_once_the_case_was_nobodys_is_told_in_time(
    centre: Centre, vera: Actor, person: Returnee, answered: Case
) -> None:
    await writes_more(centre, person, answered)
    second = await centre.writes(vera, answered)
    async with centre.database.begin(centre.organisation.id) as session:
        await release(session, vera, answered.id)
    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, second.outbox_id)
        row.state, row.finished_at = OutboxState.FAILED, session.now
        await never_arrived(session, row)
    centre.later(minutes=6)
    assert await times_told(centre) == 1


async def test_p11_whoever_is_judged_graver_over_unanswered_words_is_told_that_nobody_answered(
    centre: Centre, vera: Actor, person: Returnee
) -> None:
    case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    await centre.writes(vera, case)
    await centre.all_arrives()
    centre.later(minutes=1)
    await writes_more(centre, person, case)
    async with centre.database.begin(SERVICE) as session:
        await lock_person(session, person.id)
        raised = await session.get_one(Case, case.id, with_for_update=True)
        await judged_graver(session, raised, Severity.EMERGENCY, by=vera.staff_id)
    centre.later(minutes=6)
    assert await times_told(centre) == 1


async def test_what_is_taken_back_after_somebody_waits_anew_was_no_answer_in_time(
    centre: Centre, vera: Actor, person: Returnee
) -> None:
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    words = await centre.writes(vera, case)
    centre.later(minutes=1)
    await writes_more(centre, person, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await release(session, vera, case.id)
    await centre.claims(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await take_words_back(session, vera, case.id, words.id)
    async with centre.database.begin(SERVICE) as session:
        acted = await session.scalars(select(Wait.acted_at))
        assert acted.all() == [None, None]
