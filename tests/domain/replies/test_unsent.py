import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from domain.actors import Actor
from domain.cases.events import happened
from domain.casework.work import ask_to_talk, resolve, snooze, write
from domain.colleagues.consulting import consult
from domain.errors import Refused
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.messages.sealing import body_of
from domain.notices import Notice
from domain.replies.sending import Conditions
from domain.replies.unreached import never_arrived
from domain.replies.unsent import GRACE, moment_for, take_words_back
from domain.signals.opening import hear
from storage.kinds import (
    CaseEventKind,
    CaseState,
    MessageKind,
    OutboxState,
    Outcome,
    Role,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.postgres import DatabaseUrls
from tests.racing import gate_before, stands_still


async def writes(
    centre: Centre,
    actor: Actor,
    case: Case,
    *,
    later: datetime | None = None,
    any_hour: str = "",
) -> Message:
    how = Conditions(grace=GRACE, later=later, any_hour=any_hour)
    async with centre.database.begin(centre.organisation.id) as session:
        return await write(session, actor, case.id, "I am here.", how)


async def takes_back(centre: Centre, actor: Actor, message: Message) -> str:
    async with centre.database.begin(centre.organisation.id) as session:
        back = await take_words_back(session, actor, message.case_id, message.id)
    return back.words


async def row_of(centre: Centre, message: Message) -> OutboxRow:
    async with centre.database.begin(SERVICE) as session:
        assert message.outbox_id is not None
        return await session.get_one(OutboxRow, message.outbox_id)


async def mine(centre: Centre, severity: Severity = Severity.URGENT) -> tuple[Actor, Case]:
    vera = await centre.colleague()
    person = await centre.person()
    return vera, await centre.claims(vera, await centre.signal(person, severity))


async def test_words_lie_still_for_five_seconds_and_can_be_taken_back_until_they_leave(
    centre: Centre,
) -> None:
    vera, case = await mine(centre)
    message = await writes(centre, vera, case)
    row = await row_of(centre, message)
    assert row.state is OutboxState.HELD
    assert row.not_before - message.at == GRACE == timedelta(seconds=5)

    assert await takes_back(centre, vera, message) == "I am here."
    gone = await row_of(centre, message)
    assert (gone.state, gone.content) == (OutboxState.CANCELLED, None)
    async with centre.database.begin(SERVICE) as session:
        assert (await session.scalars(select(Message))).all() == []


@pytest.mark.parametrize("facts", [{"state": OutboxState.SENT}, {"leased": True}])
async def test_what_is_on_its_way_or_there_is_not_taken_back(
    centre: Centre, facts: dict[str, object]
) -> None:
    vera, case = await mine(centre)
    message = await writes(centre, vera, case)
    async with centre.database.begin(SERVICE) as session:
        leased = {"leased_until": session.now, "state": OutboxState.WAITING}
        values = leased if facts.get("leased") else facts
        await session.execute(
            update(OutboxRow).where(OutboxRow.id == message.outbox_id).values(**values)
        )

    with pytest.raises(Refused, match="left already"):
        await takes_back(centre, vera, message)
    assert (await centre.fresh(case)).first_action_at is not None


async def test_p2_words_taken_back_stopped_no_clock(centre: Centre) -> None:
    vera, case = await mine(centre)
    message = await writes(centre, vera, case)
    await takes_back(centre, vera, message)

    after = await centre.fresh(case)
    assert after.first_action_at is None
    assert after.state is CaseState.CLAIMED
    assert after.claim_deadline_at == case.claim_deadline_at == after.next_alert_at


async def test_p2_of_two_messages_taken_back_in_either_order_none_counts(centre: Centre) -> None:
    vera, case = await mine(centre)
    for backwards in (False, True):
        first, second = await writes(centre, vera, case), await writes(centre, vera, case)
        for message in (second, first) if backwards else (first, second):
            assert (await centre.fresh(case)).first_action_at is not None
            await takes_back(centre, vera, message)
        after = await centre.fresh(case)
        assert (after.first_action_at, after.state) == (None, CaseState.CLAIMED)


async def test_taking_back_leaves_alone_what_else_reached_the_person(centre: Centre) -> None:
    vera, case = await mine(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        await ask_to_talk(session, vera, case.id)
    asked = await centre.fresh(case)
    await takes_back(centre, vera, await writes(centre, vera, case))

    after = await centre.fresh(case)
    assert (after.first_action_at, after.state) == (asked.first_action_at, CaseState.WAITING)


async def test_who_was_answered_and_wrote_again_waits_again_once_the_answer_is_taken_back(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    other = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, other)
    await centre.hears(person, "Are you there?")
    await takes_back(centre, vera, await writes(centre, vera, other))

    after = await centre.fresh(other)
    assert after.state is CaseState.CLAIMED
    assert after.first_action_at is not None
    assert after.claim_deadline_at is not None


async def snoozed(centre: Centre, actor: Actor, case: Case) -> Case:
    async with centre.database.begin(centre.organisation.id) as session:
        await snooze(session, actor, case.id, session.now + timedelta(days=1))
    return await centre.fresh(case)


async def test_p2_what_was_put_off_comes_back_when_it_should_once_words_are_taken_back(
    centre: Centre,
) -> None:
    vera, case = await mine(centre)
    await centre.writes(vera, case)
    before = await snoozed(centre, vera, case)
    await takes_back(centre, vera, await writes(centre, vera, case))

    after = await centre.fresh(case)
    assert (after.state, after.snoozed_until) == (CaseState.SNOOZED, before.snoozed_until)
    assert after.next_alert_at == before.snoozed_until
    centre.later(days=1)
    await centre.tick()
    assert (await centre.fresh(case)).state is CaseState.CLAIMED


async def test_p2_what_was_put_off_after_words_alone_that_are_taken_back_is_owed_again(
    centre: Centre,
) -> None:
    vera, case = await mine(centre)
    message = await writes(centre, vera, case)
    await snoozed(centre, vera, case)
    await takes_back(centre, vera, message)

    after = await centre.fresh(case)
    assert (after.state, after.snoozed_until) == (CaseState.CLAIMED, None)
    assert after.next_alert_at == after.claim_deadline_at == case.claim_deadline_at


async def over(centre: Centre, actor: Actor, case: Case) -> None:
    await snoozed(centre, actor, case)
    centre.later(days=1)
    await centre.tick()


async def never_arrives(centre: Centre, actor: Actor, case: Case) -> None:
    message = await centre.writes(actor, case)
    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, message.outbox_id)
        row.state = OutboxState.FAILED
        await never_arrived(session, row)


async def comes_back_from_others(centre: Centre, _: Actor, case: Case) -> None:
    async with centre.database.begin(SERVICE) as session:
        same = await session.get_one(Case, case.id)
        happened(session, same, CaseEventKind.REFERRAL_REJECTED)
        await hear(session, same)


async def is_changed(centre: Centre, _: Actor, case: Case) -> None:
    body = Body(text="Come at once", number=7, edited=5)
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, case.returnee_id)
        await keep_message(session, person, None, MessageKind.TEXT, body, session.now)


@pytest.mark.parametrize("why", [over, never_arrives, comes_back_from_others, is_changed])
async def test_p2_a_clock_that_ran_for_whatever_reason_runs_on_once_words_are_taken_back(
    centre: Centre, why: Callable[[Centre, Actor, Case], Awaitable[None]]
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(SERVICE) as session:
        said = Body(text="Come tomorrow", number=7)
        await keep_message(session, person, None, MessageKind.TEXT, said, session.now)
    await centre.writes(vera, case)
    await centre.all_arrives()
    await why(centre, vera, case)
    before = await centre.fresh(case)
    assert (before.state, before.next_alert_at) == (CaseState.CLAIMED, before.claim_deadline_at)
    await takes_back(centre, vera, await writes(centre, vera, case))

    after = await centre.fresh(case)
    assert (after.state, after.next_alert_at) == (before.state, before.next_alert_at)
    assert after.claim_deadline_at == before.claim_deadline_at


async def test_p2_a_case_rests_on_advice_no_longer_than_before_once_words_are_taken_back(
    centre: Centre,
) -> None:
    vera, case = await mine(centre)
    sara = await centre.colleague(Role.SUPERVISOR)
    async with centre.database.begin(SERVICE) as session:
        await consult(session, vera, case.id, sara.staff_id, "What would you do?")
    before = await centre.fresh(case)
    centre.later(minutes=10)
    await takes_back(centre, vera, await writes(centre, vera, case))

    after = await centre.fresh(case)
    assert (after.state, after.next_alert_at) == (CaseState.CLAIMED, before.next_alert_at)
    assert after.claim_deadline_at is None


async def test_thanks_start_no_clock_where_words_after_them_are_taken_back(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    await centre.all_arrives()
    await centre.hears(person, "Faleminderit")
    await takes_back(centre, vera, await writes(centre, vera, case))

    after = await centre.fresh(case)
    assert (after.state, after.next_alert_at) == (CaseState.WAITING, None)


async def test_only_who_has_the_case_takes_its_words_back(centre: Centre) -> None:
    vera, case = await mine(centre)
    message = await writes(centre, vera, case)
    with pytest.raises(Refused):
        await takes_back(centre, await centre.colleague(), message)
    _, other = await mine(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused):
            await take_words_back(session, vera, other.id, message.id)


async def test_a_message_for_later_waits_for_that_time_and_stops_no_clock(centre: Centre) -> None:
    vera, case = await mine(centre)
    tomorrow = datetime.now(ZoneInfo("UTC")) + timedelta(days=1)
    with pytest.raises(Refused, match="Try to reach the person first"):
        await writes(centre, vera, case, later=tomorrow)
    await centre.writes(vera, case)
    before = await centre.fresh(case)
    message = await writes(centre, vera, case, later=tomorrow)

    row = await row_of(centre, message)
    assert (row.state, row.not_before) == (OutboxState.HELD, tomorrow)
    after = await centre.fresh(case)
    assert (after.first_action_at, after.state) == (before.first_action_at, before.state)


@pytest.mark.parametrize("met", [None, "paused"])
async def test_closing_sends_what_lies_still_and_drops_what_was_for_later(
    centre: Centre, met: str | None
) -> None:
    """Also once its time came, and something held it."""
    vera, case = await mine(centre)
    now = await writes(centre, vera, case)
    later = await writes(centre, vera, case, later=now.at + timedelta(days=1))
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(OutboxRow, later.outbox_id)).held = met
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)

    assert (await row_of(centre, now)).state is OutboxState.WAITING
    assert (await row_of(centre, later)).state is OutboxState.CANCELLED
    async with centre.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.number))).all()
        (kept,) = await session.scalars(select(Message))
        assert await body_of(session, kept) == {"text": "I am here."}
        goodbye = content_of(rows[-1], session.keys)["notice"]
    assert goodbye == Notice.CASE_CLOSED
    assert [row.id for row in rows if row.state is OutboxState.WAITING][-2] == now.outbox_id


async def test_what_goes_at_any_hour_takes_nothing_along_that_was_for_later(
    centre: Centre,
) -> None:
    vera, case = await mine(centre, Severity.EMERGENCY)
    still = await writes(centre, vera, case)
    later = await writes(centre, vera, case, later=still.at + timedelta(days=1))
    await writes(centre, vera, case, any_hour="They may not last the night.")
    assert (await row_of(centre, still)).state is OutboxState.WAITING
    assert (await row_of(centre, later)).state is OutboxState.HELD
    with pytest.raises(Refused, match="not both"):
        await writes(centre, vera, case, any_hour="Now", later=still.at + timedelta(days=1))


async def test_p4_a_time_is_chosen_on_the_persons_clock_and_within_their_hours(
    centre: Centre,
) -> None:
    _, case = await mine(centre)
    async with centre.database.begin(centre.organisation.id) as session:
        there = session.now.astimezone(ZoneInfo("Europe/Tirane")).replace(tzinfo=None)
        day = (there + timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
        leaves_at = await moment_for(session, case, day.replace(hour=10))
        assert leaves_at.astimezone(ZoneInfo("Europe/Tirane")).hour == 10
        for refused in (day.replace(hour=23), there - timedelta(hours=1), day + timedelta(days=30)):
            with pytest.raises(Refused):
                await moment_for(session, case, refused)


async def test_no_other_words_are_opened_to_take_some_back_or_to_close(centre: Centre) -> None:
    vera, case = await mine(centre)
    others = [await writes(centre, vera, case)]
    async with centre.database.begin(SERVICE) as session:
        later = session.now + timedelta(hours=3)
    others.append(await writes(centre, vera, case, later=later))
    async with centre.database.begin(SERVICE) as session:
        ids = [each.id for each in others]
        await session.execute(update(Message).where(Message.id.in_(ids)).values(body=b"unreadable"))

    assert await takes_back(centre, vera, await writes(centre, vera, case)) == "I am here."
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    states = [(await row_of(centre, each)).state for each in others]
    assert states == [OutboxState.WAITING, OutboxState.CANCELLED]


async def test_p2_race_of_closing_a_case_and_words_that_leave_at_that_moment(
    urls: DatabaseUrls, centre: Centre
) -> None:
    """They arrived, and are not on their way once more without a word in them."""
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        message = await write(session, vera, case.id, "Goodbye.", Conditions(grace=GRACE))

    async def closes() -> None:
        async with centre.database.begin(centre.organisation.id) as session:
            await resolve(session, vera, case.id, Outcome.HELPED)

    theirs = update(OutboxRow).where(OutboxRow.id == message.outbox_id)
    async with gate_before(urls, "outbox") as gate, asyncio.TaskGroup() as group:
        await gate.shut()
        closing = group.create_task(closes())
        await stands_still(centre.database, closing)
        async with centre.database.begin(SERVICE) as session:
            await gate.pass_by(session)
            await session.execute(theirs.values(state=OutboxState.SENT, content=None))
        await gate.open()
    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, message.outbox_id)
    assert row.state is OutboxState.SENT
