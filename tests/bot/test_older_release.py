"""An older release beside a newer one: what it can't make sense of waits for the newer one (P1)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.delivery.courier import Courier
from dialogs.notices import WORDINGS
from domain.check_ins.due import BATCH
from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent
from domain.notices import Notice, tell_chat
from storage.kinds import CheckInState, OutboxState
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.outbox import OutboxRow
from tests.bot.delivering import deliver
from tests.bot.outgoing import REPLY, row, say
from tests.bot.releases import HALF_A_MINUTE, change, prompts, reader
from tests.clock import MORNING, set_clock
from tests.documents import put
from tests.domain.checking_in import add_person, kept, open_office, plan_check_in
from tests.simulator_server import RunningSimulator


def said(telegram: RunningSimulator, chat_id: int) -> int:
    """How many messages the bot has sent there."""
    return len(telegram.simulator.chat(chat_id).messages)


async def test_p1_what_an_older_release_cannot_word_waits_for_a_newer_one(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Which sends it, once, though others of that chat have gone before it."""
    chat = reader(telegram)
    async with database.begin(SERVICE) as session:
        new = await tell_chat(session, chat, Notice.HELP_DECLINED)
    await say(database, chat, "hello")
    with monkeypatch.context() as older:
        older.delitem(WORDINGS, Notice.HELP_DECLINED)
        await deliver(courier)
        clock.offset += HALF_A_MINUTE
        await deliver(courier)
    assert (await row(database, new)).state is OutboxState.HELD
    assert said(telegram, chat) == 1

    clock.offset += HALF_A_MINUTE
    for _ in range(2):
        await deliver(courier)
    sent = await row(database, new)
    assert (sent.state, sent.tries, said(telegram, chat)) == (OutboxState.SENT, 0, 2)


async def test_what_nobody_could_word_for_an_hour_fails_for_good(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    """However often it was tried before for other reasons."""
    async with database.begin(SERVICE) as session:
        unknown = await put(session, reader(telegram), {"notice": "no-such", "params": {}}, REPLY)
        unknown.tries = 500
    await deliver(courier)
    for number in range(120):
        assert (await row(database, unknown)).state is OutboxState.HELD, number
        clock.offset += HALF_A_MINUTE
        await deliver(courier)

    failed = await row(database, unknown)
    assert (failed.state, failed.content) == (OutboxState.FAILED, None)


@pytest.mark.parametrize(
    "newer", ["questionnaire = 'of-tomorrow@9'", "state = 'asked-by-telepathy'"]
)
async def test_p1_a_prompt_of_which_something_is_unknown_stops_no_other(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock, newer: str
) -> None:
    (chat, check_in), (others, other) = await prompts(database, telegram, clock)
    await change(database, f"UPDATE check_in SET {newer} WHERE id = :id", id=check_in.id)
    await deliver(courier)
    assert (said(telegram, chat), said(telegram, others)) == (0, 1)
    assert (await kept(database, other.id)).state is CheckInState.SENT

    back = "UPDATE check_in SET questionnaire = :asks, state = 'sending' WHERE id = :id"
    await change(database, back, id=check_in.id, asks=check_in.questionnaire)
    clock.offset += HALF_A_MINUTE
    await deliver(courier)
    assert said(telegram, chat) == 1


async def test_an_unknown_prompt_ends_nothing_when_its_hour_is_over(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    """Nor can it be booked: its check-in is of a kind that this release doesn't know."""
    (_, check_in), _ = await prompts(database, telegram, clock)
    await change(database, "UPDATE check_in SET state = 'odd' WHERE id = :id", id=check_in.id)
    await deliver(courier)
    await change(database, "UPDATE outbox SET tries = 120 WHERE check_in_id = :id", id=check_in.id)
    clock.offset += HALF_A_MINUTE
    await deliver(courier)

    async with database.begin(SERVICE) as session:
        states = await session.execute(text("SELECT state FROM outbox ORDER BY number"))
        assert sorted(states.scalars()) == ["held", "sent"]


async def test_a_check_in_of_an_unknown_questionnaire_is_left_to_a_newer_release(
    database: Database, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        new, known = [
            await plan_check_in(
                session, await add_person(session, office.organisation, number), office
            )
            for number in (701, 702)
        ]
        new.questionnaire = "of-tomorrow@9"
    async with database.begin(SERVICE) as session:
        assert await send_due(session) == 2

    states = [(await kept(database, each.id)).state for each in (new, known)]
    assert states == [CheckInState.PLANNED, CheckInState.SENDING]


@pytest.mark.parametrize(
    ("tick", "was", "becomes"),
    [
        (send_due, CheckInState.PLANNED, CheckInState.SENDING),
        (fall_silent, CheckInState.SENT, CheckInState.SILENT),
    ],
)
async def test_p1_a_hundred_of_an_unknown_questionnaire_hold_up_nobody(
    database: Database,
    clock: Clock,
    tick: Callable[[Session], Awaitable[int]],
    was: CheckInState,
    becomes: CheckInState,
) -> None:
    """Though theirs was to be asked, or was silent, before: they are looked at again later."""
    set_clock(clock, MORNING)
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 701)
        waiting = [await plan_check_in(session, person, office) for _ in range(BATCH + 1)]
        for number, check_in in enumerate(waiting):
            check_in.state = was
            check_in.due_at = check_in.silent_at = session.now + timedelta(milliseconds=number)
            check_in.questionnaire = "of-tomorrow@9"
        waiting[-1].questionnaire = "safety-and-needs@1"
    clock.offset += timedelta(seconds=1)
    done = [BATCH]
    while done[-1]:
        async with database.begin(SERVICE) as session:
            done.append(await tick(session))

    assert (await kept(database, waiting[-1].id)).state is becomes
    assert (await kept(database, waiting[0].id)).state is was
    clock.offset += timedelta(minutes=2)
    async with database.begin(SERVICE) as session:
        assert await tick(session) == BATCH


async def test_p1_a_class_of_notices_that_is_unknown_stops_no_other_and_waits_as_long(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    chat, others = reader(telegram), reader(telegram)
    unknown = await say(database, chat, "of a class of its own")
    await say(database, others, "hello")
    await change(
        database, "UPDATE outbox SET notice_class = 'telepathy' WHERE id = :id", id=unknown.id
    )

    async def state(of: OutboxRow) -> str | None:
        async with database.begin(SERVICE) as session:
            found: str | None = await session.scalar(
                text("SELECT state FROM outbox WHERE id = :id"), {"id": of.id}
            )
        return found

    for _ in range(2):
        await deliver(courier)
    assert (await state(unknown), said(telegram, others)) == ("held", 1)

    await change(database, "UPDATE outbox SET notice_class = 'reply' WHERE id = :id", id=unknown.id)
    clock.offset += HALF_A_MINUTE
    await deliver(courier)
    assert (await state(unknown), said(telegram, chat)) == ("sent", 1)


async def test_a_class_that_nobody_knew_for_an_hour_fails_for_good(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    unknown = await say(database, reader(telegram), "of a class of its own")
    where = "WHERE id = :id"
    await change(database, f"UPDATE outbox SET notice_class = 'telepathy' {where}", id=unknown.id)
    await deliver(courier)
    await change(database, f"UPDATE outbox SET tries = 120 {where}", id=unknown.id)
    clock.offset += HALF_A_MINUTE
    await deliver(courier)

    async with database.begin(SERVICE) as session:
        left = await session.execute(
            text(f"SELECT state, content FROM outbox {where}"), {"id": unknown.id}
        )
        assert tuple(left.one()) == ("failed", None)
