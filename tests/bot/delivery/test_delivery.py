"""What is in the outbox reaches the phone: in order, within the limits, whatever fails."""

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiogram.types import Update
from sqlalchemy import select, text, update

from bot.delivery.courier import Courier
from bot.delivery.pace import Pace
from domain.check_ins.sending import send_due
from domain.distress import Watch
from domain.lexicon.cache import Lexicons
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee
from domain.safety.rejudging import judge_all
from handlers.watching import look
from storage.kinds import CaseEventKind, CaseState, CheckInState, NoticeClass, OutboxState, Severity
from storage.outbox.letters import Delivery
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, Message
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee, Safety
from storage.tables.traces import Trace
from tests.bot.delivering import accompanied, ask, deliver, user, words
from tests.bot.outgoing import REPLY, row, say
from tests.clock import MORNING, set_clock
from tests.documents import put
from tests.domain.centre import Centre
from tests.domain.checking_in import add_person, open_office, plan_check_in
from tests.simulator_server import RunningSimulator


async def test_messages_of_a_chat_arrive_in_order_and_leave_no_words_behind(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    sent = [await say(database, person.id, f"number {n}") for n in range(5)]
    await deliver(courier)

    assert words(telegram, person) == [f"number {n}" for n in range(5)]
    first = await row(database, sent[0])
    assert (first.state, first.content) == (OutboxState.SENT, None)


async def test_urgent_chats_go_before_routine_ones(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    courier.pace = Pace(1, timedelta(), 1)
    calm, hurried = user(telegram), user(telegram)
    for person, priority in ((calm, 9), (hurried, 0)):
        async with database.begin(SERVICE) as session:
            await put(
                session,
                person.id,
                {"window": {"text": "hello", "markup": None}},
                Delivery(NoticeClass.REPLY, priority),
            )
    async with asyncio.TaskGroup() as group:
        await courier.deliver_some(group)

    assert (words(telegram, hurried), words(telegram, calm)) == (["hello"], [])


async def test_a_row_that_waits_for_its_time_never_holds_up_a_later_one(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        later = Delivery(NoticeClass.REPLY, not_before=session.now + timedelta(hours=1))
        await put(session, person.id, {"window": {"text": "later", "markup": None}}, later)
    await say(database, person.id, "now")
    await deliver(courier)

    assert words(telegram, person) == ["now"]


async def test_an_edit_of_a_message_that_is_gone_is_said_in_a_new_one(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    await say(database, person.id, "again", edit=999_999)
    await deliver(courier)

    assert words(telegram, person) == ["again"]


async def test_a_stand_in_number_is_resolved_to_the_message_that_was_sent(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    first = await say(database, person.id, "first")
    await say(database, person.id, "first, edited", edit=first.stand_in)
    await say(database, person.id, "second", replaces=first.stand_in)
    await deliver(courier)

    assert words(telegram, person) == ["second"]


async def test_a_blocked_person_is_tried_once_and_others_are_not_delayed(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    gone, here = user(telegram), user(telegram)
    telegram.simulator.phones.block(gone.id)
    lost = await say(database, gone.id, "hello")
    await say(database, here.id, "hello")
    await deliver(courier)

    assert (await row(database, lost)).state is OutboxState.FAILED
    assert words(telegram, here) == ["hello"]
    assert len(telegram.calls("sendMessage")) == 2


@pytest.mark.parametrize("how", ["blocked", "unreadable"])
async def test_p2_words_that_never_arrive_bring_their_case_back_once_and_their_writer_hears_of_it(
    database: Database,
    clock: Clock,
    courier: Courier,
    telegram: RunningSimulator,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    # No newer release is waited for that might be able to read it.
    monkeypatch.setattr("bot.delivery.outcome.MOST_WORDINGS", 0)
    centre = await Centre.open(database, clock)
    worker, person = user(telegram), user(telegram)
    vera = await centre.colleague(chat=worker.id)
    async with database.begin(SERVICE) as session:
        wrote = {"last_wrote_at": session.now}
        returnee = await add_returnee(session, person.id, centre.organisation, "en", **wrote)
    case = await centre.claims(vera, await centre.signal(returnee, Severity.EMERGENCY))
    message = await centre.writes(vera, case)
    if how == "blocked":
        telegram.simulator.phones.block(person.id)
    else:
        async with database.begin(SERVICE) as session:
            (await session.get_one(Message, message.id)).body = b"of a lost key"
    for _ in range(2):
        await deliver(courier)

    back = await centre.fresh(case)
    assert (back.state, back.first_action_at) == (CaseState.CLAIMED, None)
    assert back.next_alert_at is not None
    assert (await centre.history(case.id)).count(CaseEventKind.UNREACHED) == 1
    assert words(telegram, person) == []
    [told] = [said for said in words(telegram, worker) if "did not reach them" in said]
    assert case.code in told
    async with database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, returnee.id)
        assert (known.blocked_at is not None) == (how == "blocked")


async def test_p3_a_check_in_to_somebody_who_blocked_the_bot_is_seen_by_a_caseworker(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    person = user(telegram)
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        returnee = await add_person(session, office.organisation, person.id)
        await plan_check_in(session, returnee, office)
    async with database.begin(SERVICE) as session:
        await send_due(session)
    telegram.simulator.phones.block(person.id)
    await deliver(courier)

    async with database.begin(SERVICE) as session:
        [check_in] = await session.scalars(select(CheckIn))
        [case] = await session.scalars(select(Case))
    assert (check_in.state, check_in.silent_at) == (CheckInState.FAILED, None)
    assert (case.returnee_id, case.severity) == (returnee.id, Severity.CONCERN)


async def test_p12_a_429_is_obeyed_and_nothing_of_the_chat_overtakes(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    telegram.fail("429", "sendMessage", count=1, retry_after=60)
    await say(database, person.id, "one")
    await say(database, person.id, "two")
    await deliver(courier)
    await deliver(courier)
    assert len(telegram.calls("sendMessage")) == 1

    async with database.begin(SERVICE) as session:
        await session.execute(text("UPDATE outbox_lane SET closed_until = clock_timestamp()"))
    await deliver(courier)
    assert words(telegram, person) == ["one", "two"]


@pytest.mark.parametrize("mode", ["500", "502", "no_reason", "latin1", "bad_json", "reset_before"])
async def test_trouble_on_the_way_loses_nothing(
    database: Database, courier: Courier, telegram: RunningSimulator, mode: Any
) -> None:
    person = user(telegram)
    telegram.fail(mode, "sendMessage", count=1)
    await say(database, person.id, "hello")
    for _ in range(3):
        await deliver(courier)
        async with database.begin(SERVICE) as session:
            await session.execute(text("UPDATE outbox_lane SET open_at = clock_timestamp()"))

    assert words(telegram, person) == ["hello"]


async def test_a_row_that_cannot_be_worded_steps_aside(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        broken = await put(session, person.id, {"notice": "no-such", "params": {}}, REPLY)
    await say(database, person.id, "hello")
    await deliver(courier)

    assert (await row(database, broken)).state is OutboxState.HELD
    assert words(telegram, person) == ["hello"]


async def test_p1_an_answer_reaches_somebody_whose_hours_no_key_opens(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id)
        (await session.get_one(Safety, returnee.id)).window = b"of a lost key"
        for notice_class, text in ((NoticeClass.ROUTINE, "unasked"), (NoticeClass.REPLY, "answer")):
            delivery = Delivery(notice_class, returnee_id=returnee.id)
            await put(session, person.id, {"window": {"text": text, "markup": None}}, delivery)
    await deliver(courier)

    assert words(telegram, person) == ["answer"]


async def test_p2_an_alert_on_its_way_follows_a_group_that_became_a_supergroup(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    group = telegram.add_group("Staff", user(telegram))
    await say(database, group.id, "an alert")
    supergroup = telegram.simulator.phones.migrate(group.id)
    await deliver(courier)

    assert [message.words for message in telegram.from_bot(supergroup)] == ["an alert"]


async def test_p2_the_staffs_supergroup_is_not_left_for_the_group_that_it_was(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    group = telegram.add_group("Staff", user(telegram))
    supergroup = telegram.simulator.phones.migrate(group.id)
    async with database.begin(SERVICE) as session:
        await add_organisation(session, "Centre", staff_chat=supergroup.id)
        leaving = await put(session, group.id, {"leave": True}, Delivery(NoticeClass.STAFF))
    await deliver(courier)

    assert [call.params["chat_id"] for call in telegram.calls("leaveChat")] == [group.id]
    assert (await row(database, leaving)).state is OutboxState.FAILED


async def test_a_check_in_whose_questions_are_gone_steps_aside(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # No newer release is waited for that might know them.
    monkeypatch.setattr("bot.delivery.outcome.MOST_WORDINGS", 0)
    set_clock(clock, MORNING)
    asked, other = user(telegram), user(telegram)
    await ask(database, [asked.id])
    async with database.begin(SERVICE) as session:
        await session.execute(update(CheckIn).values(questionnaire="no-such@1"))
    await say(database, other.id, "hello")
    await deliver(courier)

    assert words(telegram, other) == ["hello"]
    assert words(telegram, asked) == []
    async with database.begin(SERVICE) as session:
        check_in = (await session.scalars(select(CheckIn))).one()
    assert check_in.state is CheckInState.FAILED


@pytest.mark.parametrize("ours", [True, False])
async def test_p2_a_group_is_left_after_a_while_unless_it_is_an_organisations_by_then(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock, ours: bool
) -> None:
    group = telegram.add_group("Staff", user(telegram))
    async with database.begin(SERVICE) as session:
        in_a_minute = Delivery(NoticeClass.STAFF, not_before=session.now + timedelta(minutes=1))
        await put(session, group.id, {"leave": True}, in_a_minute)
    await deliver(courier)
    assert telegram.calls("leaveChat") == []

    if ours:
        async with database.begin(SERVICE) as session:
            await add_organisation(session, "Centre", staff_chat=group.id)
    clock.offset += timedelta(minutes=2)
    await deliver(courier)
    assert len(telegram.calls("leaveChat")) == (0 if ours else 1)


async def test_p4_what_is_held_overnight_goes_when_the_person_writes_meanwhile(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    # Not within a transaction, which is cut off where it takes long.
    watch, person = Watch.load(), user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id)
        tonight = session.now.astimezone(ZoneInfo("Europe/Tirane")) + timedelta(days=1)
        clock.offset = tonight.replace(hour=2, minute=30) - session.now
    async with database.begin(SERVICE) as session:
        human = Delivery(NoticeClass.HUMAN, returnee_id=returnee.id)
        await put(session, person.id, {"window": {"text": "hello", "markup": None}}, human)
    await deliver(courier)
    assert words(telegram, person) == []

    message = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": person.id, "type": "private"},
        "from": {"id": person.id, "is_bot": False, "first_name": "A"},
        "text": "Is anybody there?",
    }
    async with database.begin(SERVICE) as session:
        update = Update.model_validate({"update_id": 1, "message": message})
        await look(session, update, watch, Lexicons())
        await judge_all(session)
    await deliver(courier)
    assert words(telegram, person)[0] == "hello"


async def test_every_sent_message_leaves_a_trace_so_that_it_can_be_deleted(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    sent = await say(database, person.id, "hello")
    await deliver(courier)

    async with database.begin(SERVICE) as session:
        traces = (await session.scalars(select(Trace.message_id))).all()
    assert traces == [(await row(database, sent)).message_id]


async def test_no_phone_lights_up_and_no_preview_is_drawn(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    await say(database, person.id, "see https://example.org")
    await deliver(courier)

    (call,) = telegram.calls("sendMessage")
    assert call.params["disable_notification"] in (True, "true", "True")
    assert "is_disabled" in str(call.params["link_preview_options"])


async def test_p4_a_reply_that_comes_late_waits_for_the_safe_window(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        returnee = await accompanied(session, person.id)
        tonight = session.now.astimezone(ZoneInfo("Europe/Tirane")) + timedelta(days=1)
        night = tonight.replace(hour=2, minute=30) - session.now

    async def answer(words: str) -> None:
        async with database.begin(SERVICE) as session:
            content = {"window": {"text": words, "markup": None}}
            reply = Delivery(NoticeClass.REPLY, returnee_id=returnee.id)
            await put(session, person.id, content, reply)

    clock.offset = night
    await answer("at once")
    await deliver(courier)
    assert words(telegram, person) == ["at once"]

    await answer("too late")
    clock.offset = night + timedelta(minutes=25)
    await deliver(courier)
    assert words(telegram, person) == ["at once"]

    clock.offset = night + timedelta(hours=7)
    await deliver(courier)
    assert words(telegram, person) == ["at once", "too late"]
