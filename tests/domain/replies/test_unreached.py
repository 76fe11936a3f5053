"""A worker's words that never arrive: nobody has acted, the case comes back, and somebody hears."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.cases.deadlines import PACES
from domain.cases.topics import set_topic
from domain.casework.work import ask_to_talk, snooze, write
from domain.colleagues.consulting import consult
from domain.duty.time_off import take_off
from domain.figures.waits import Waited, waits_of
from domain.notices import Notice, tell
from domain.organisations import set_staff_chat
from domain.replies.sending import Conditions
from domain.replies.unreached import never_arrived
from domain.safeguarding.conflicts import recuse
from storage.kinds import (
    CaseEventKind,
    CaseState,
    OutboxState,
    Outcome,
    Role,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre

GROUP = -1009


async def fails(centre: Centre, row_id: UUID | None) -> None:
    """As delivery writes it down; what it said stays for the test to read."""
    assert row_id is not None
    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, row_id)
        row.state, row.finished_at = OutboxState.FAILED, session.now
        await never_arrived(session, row)


async def newest_row(centre: Centre) -> UUID:
    async with centre.database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow.id).order_by(OutboxRow.number.desc()))
        return rows.first() or UUID(int=0)


async def mine(
    centre: Centre, severity: Severity = Severity.URGENT
) -> tuple[Actor, Returnee, Case]:
    vera, person = await centre.colleague(chat=501), await centre.person()
    return vera, person, await centre.claims(vera, await centre.signal(person, severity))


async def told(centre: Centre) -> Sequence[tuple[int, dict[str, object]]]:
    return [(sent.chat, sent.params) for sent in await centre.sent(Notice.STAFF_UNREACHED)]


@pytest.mark.parametrize("severity", [Severity.EMERGENCY, Severity.URGENT, Severity.CONCERN])
async def test_p2_words_that_never_arrive_stop_no_clock_and_bring_the_case_back(
    centre: Centre, severity: Severity
) -> None:
    vera, _, case = await mine(centre, severity)
    message = await centre.writes(vera, case)
    resting = await centre.fresh(case)
    assert (resting.state, resting.next_alert_at) == (CaseState.WAITING, None)
    centre.later(minutes=1)
    await fails(centre, message.outbox_id)

    back = await centre.fresh(case)
    assert (back.state, back.claimed_by) == (CaseState.CLAIMED, vera.staff_id)
    assert back.first_action_at is None
    assert back.deadline_at == case.deadline_at
    assert back.claim_deadline_at is not None
    assert back.next_alert_at == min(back.claim_deadline_at, back.deadline_at or message.at)
    assert back.claim_deadline_at - message.at >= PACES[severity].claim + timedelta(minutes=1)
    assert (await centre.history(case.id))[-1] is CaseEventKind.UNREACHED


async def test_p2_whoever_does_nothing_after_words_that_failed_loses_the_case_to_all(
    centre: Centre,
) -> None:
    await centre.colleague(Role.SUPERVISOR, chat=502)
    vera, _, case = await mine(centre, Severity.EMERGENCY)
    await fails(centre, (await centre.writes(vera, case)).outbox_id)
    before = len(await centre.sent(Notice.STAFF_ALERT))
    centre.later(minutes=6)
    await centre.tick()

    assert (await centre.fresh(case)).state is CaseState.OPEN
    assert 502 in {sent.chat for sent in (await centre.sent(Notice.STAFF_ALERT))[before:]}


async def test_whoever_wrote_is_told_in_telegram_and_in_the_topic_by_the_code_alone(
    centre: Centre,
) -> None:
    vera, _, case = await mine(centre)
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, organisation, GROUP)
        set_topic(session, await session.get_one(Case, case.id), 5)
    await fails(centre, (await centre.writes(vera, case)).outbox_id)

    facts = {"code": case.code, "severity": case.severity, "closed": False}
    assert await told(centre) == [(501, facts), (GROUP, facts)]
    in_topic = (await centre.sent(Notice.STAFF_UNREACHED))[-1]
    assert in_topic.content["topic_of_case"] == str(case.id)


async def test_several_words_that_fail_together_are_told_once_and_each_stands_in_the_history(
    centre: Centre,
) -> None:
    vera, _, case = await mine(centre)
    messages = [await centre.writes(vera, case) for _ in range(3)]
    for message in messages:
        await fails(centre, message.outbox_id)

    assert len(await told(centre)) == 1
    assert (await centre.history(case.id)).count(CaseEventKind.UNREACHED) == 3
    assert (await centre.fresh(case)).first_action_at is None


async def test_p2_words_that_failed_later_leave_what_has_arrived_before(centre: Centre) -> None:
    vera, _, case = await mine(centre)
    arrived = await centre.writes(vera, case)
    await centre.all_arrives()
    centre.later(minutes=3)
    await fails(centre, (await centre.writes(vera, case)).outbox_id)

    back = await centre.fresh(case)
    assert (back.first_action_at, back.state) == (arrived.at, CaseState.CLAIMED)


async def test_p2_a_question_whether_it_is_safe_to_talk_that_never_arrives_counts_for_nothing(
    centre: Centre,
) -> None:
    vera, _, case = await mine(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        await ask_to_talk(session, vera, case.id)
    first = (await centre.fresh(case)).first_action_at
    await centre.all_arrives()
    centre.later(minutes=1)
    async with centre.database.begin(centre.organisation.id) as session:
        await ask_to_talk(session, vera, case.id)
    await fails(centre, await newest_row(centre))
    back = await centre.fresh(case)
    assert (back.first_action_at, back.state) == (first, CaseState.CLAIMED)
    assert [chat for chat, _ in await told(centre)] == [501]


async def test_p2_a_question_that_was_pressed_twice_while_it_waited_counts_for_nothing_either(
    centre: Centre,
) -> None:
    vera, _, case = await mine(centre)
    for _ in range(2):
        async with centre.database.begin(centre.organisation.id) as session:
            await ask_to_talk(session, vera, case.id)
        centre.later(minutes=1)
    await fails(centre, await newest_row(centre))

    back = await centre.fresh(case)
    assert (back.first_action_at, back.state) == (None, CaseState.CLAIMED)


async def test_p2_asking_a_supervisor_reached_nobody_where_words_failed(centre: Centre) -> None:
    vera, _, case = await mine(centre)
    sara = await centre.colleague(Role.SUPERVISOR)
    message = await centre.writes(vera, case)
    centre.later(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        await consult(session, vera, case.id, sara.staff_id, "What would you do?")
    await fails(centre, message.outbox_id)

    back = await centre.fresh(case)
    assert (back.first_action_at, back.state) == (None, CaseState.CLAIMED)
    assert back.claim_deadline_at is not None


@pytest.mark.parametrize("notice", [Notice.NOBODY_YET, Notice.CASE_CLOSED, Notice.MESSAGE_KEPT])
async def test_what_the_service_says_by_itself_changes_nothing_where_it_fails(
    centre: Centre, notice: Notice
) -> None:
    vera, person, case = await mine(centre)
    await centre.writes(vera, case)
    before = await centre.fresh(case)
    async with centre.database.begin(SERVICE) as session:
        row = await tell(session, person, notice, case_id=case.id)
    await fails(centre, row.id)

    after = await centre.fresh(case)
    assert (after.state, after.first_action_at) == (CaseState.WAITING, before.first_action_at)
    assert after.next_alert_at is None
    assert CaseEventKind.UNREACHED not in await centre.history(case.id)
    assert await told(centre) == []


async def test_p2_what_was_put_off_comes_back_where_words_never_arrive(centre: Centre) -> None:
    vera, _, case = await mine(centre)
    message = await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await snooze(session, vera, case.id, session.now + timedelta(hours=9))
    await fails(centre, message.outbox_id)

    back = await centre.fresh(case)
    assert (back.state, back.snoozed_until) == (CaseState.CLAIMED, None)


async def test_p2_words_planned_for_later_that_never_arrive_bring_the_case_back_too(
    centre: Centre,
) -> None:
    vera, _, case = await mine(centre)
    first = await centre.writes(vera, case)
    await centre.all_arrives()
    async with centre.database.begin(centre.organisation.id) as session:
        leaves_at = session.now + timedelta(hours=9)
        how = Conditions(later=leaves_at)
        later = await write(session, vera, case.id, "How are you?", how)
    await fails(centre, later.outbox_id)

    back = await centre.fresh(case)
    assert (back.state, back.first_action_at) == (CaseState.CLAIMED, first.at)


async def test_p2_where_its_writer_has_time_off_the_case_goes_to_the_others_at_once(
    centre: Centre,
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    vera, _, case = await mine(centre)
    message = await centre.writes(vera, case)
    await centre.colleague(chat=502, on_duty=True)
    async with centre.database.begin(centre.organisation.id) as session:
        today = session.now.date()
        days = (today - timedelta(days=1), today + timedelta(days=7))
        await take_off(session, chief, vera.staff_id, *days)
    await fails(centre, message.outbox_id)

    back = await centre.fresh(case)
    assert (back.state, back.claimed_by) == (CaseState.OPEN, None)
    assert (await centre.sent(Notice.STAFF_ALERT))[-1].chat == 502


async def test_p2_where_its_writer_has_no_way_to_hear_of_it_the_case_goes_to_those_behind(
    centre: Centre,
) -> None:
    await centre.colleague(Role.SUPERVISOR, chat=502)
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    message = await centre.writes(vera, case)
    await centre.all_arrives()
    await fails(centre, message.outbox_id)

    assert (await centre.fresh(case)).state is CaseState.OPEN
    assert (await centre.sent(Notice.STAFF_ALERT))[-1].chat == 502


async def test_a_case_that_a_human_closed_stays_closed_and_its_worker_hears_of_it(
    centre: Centre,
) -> None:
    vera, _, case = await mine(centre)
    message = await centre.writes(vera, case)
    await centre.closes(vera, case, Outcome.NOT_REACHED)
    await fails(centre, message.outbox_id)

    after = await centre.fresh(case)
    assert (after.state, after.next_alert_at) == (CaseState.RESOLVED, None)
    assert after.first_action_at is None
    assert (await centre.history(case.id))[-1] is CaseEventKind.UNREACHED
    assert [params["closed"] for _, params in await told(centre)] == [True]


async def test_p10_whoever_must_not_know_of_the_person_any_more_is_not_told(
    centre: Centre,
) -> None:
    vera, person, case = await mine(centre)
    message = await centre.writes(vera, case)
    async with centre.database.begin(SERVICE) as session:
        await recuse(session, vera, person.id)
    await fails(centre, message.outbox_id)

    assert await told(centre) == []
    assert (await centre.fresh(case)).next_alert_at is not None


@pytest.mark.parametrize("blocked", [False, True])
async def test_p11_only_whom_something_reaches_is_told_that_they_wait_where_words_never_arrive(
    centre: Centre, blocked: bool
) -> None:
    """No answer stands on their phone, and the numbers help whoever gets them."""
    vera, person, case = await mine(centre, Severity.EMERGENCY)
    message = await centre.writes(vera, case)
    async with centre.database.begin(SERVICE) as session:
        if blocked:
            (await session.get_one(Returnee, person.id)).blocked_at = session.now
    await fails(centre, message.outbox_id)
    # Whoever wrote knows at once.
    assert [chat for chat, _ in await told(centre)] == [501]
    centre.later(minutes=20)
    await centre.tick()

    assert (await centre.sent(Notice.NOBODY_YET) == []) is blocked
    assert (CaseEventKind.TOLD_WAITING not in await centre.history(case.id)) is blocked
    assert (await centre.fresh(case)).next_alert_at is not None


@pytest.mark.parametrize("then", ["nothing", "raised", "closed"])
async def test_figures_count_no_answer_that_never_arrived(centre: Centre, then: str) -> None:
    vera, person, case = await mine(centre)
    message = await centre.writes(vera, case)
    if then == "raised":
        await centre.signal(person, Severity.EMERGENCY)
    elif then == "closed":
        await centre.closes(vera, case, Outcome.NOT_REACHED)
    await fails(centre, message.outbox_id)
    centre.later(hours=2)

    assert [wait.until_acted for wait in await urgent_waits(centre)] == [None]


async def urgent_waits(centre: Centre) -> list[Waited]:
    async with centre.database.begin(SERVICE) as session:
        day = timedelta(days=1)
        found = await waits_of(
            session, centre.organisation.id, session.now - day, session.now + day
        )
    return found[Severity.URGENT]
