"""Who may take a row of the outbox, and what becomes of it. Any number of replicas ask."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
)
from aiogram.methods import GetMe
from sqlalchemy import text, update

from bot.delivery import outcome
from bot.delivery.claiming import Claim, claim
from bot.delivery.outcome import Taken
from bot.delivery.pace import Pace
from bot.delivery.sending import Sent
from bot.telegram.connection import Trouble, meaning
from storage.kinds import NoticeClass, OutboxState
from storage.outbox.letters import Delivery
from storage.sessions import SERVICE, Database
from storage.tables.outbox import TRIES_IN_ORDER, OutboxRow
from tests.bot.outgoing import HURRIED, REPLY, row, say
from tests.documents import put


async def test_p12_two_replicas_never_take_the_same_row(database: Database) -> None:
    for number in range(40):
        await say(database, 700 + number, "hello")

    async def take() -> list[Any]:
        async with database.begin(SERVICE) as session:
            return [each.id for each in (await claim(session, Pace(1000), 10)).rows]

    taken = [one for some in await asyncio.gather(*(take() for _ in range(4))) for one in some]
    assert len(taken) == len(set(taken)) == 40


async def test_p12_a_taker_that_comes_back_too_late_changes_nothing(database: Database) -> None:
    """Race: the lease ran out, another replica took the row, then the first one reports."""
    one = await say(database, 700, "hello")
    async with database.begin(SERVICE) as session:
        await claim(session, HURRIED, 10)
    async with database.begin(SERVICE) as session:
        await session.execute(
            text("UPDATE outbox SET leased_until = clock_timestamp() - '1s'::interval")
        )
    async with database.begin(SERVICE) as session:
        await claim(session, HURRIED, 10)

    async with database.begin(SERVICE) as session:
        await outcome.sent(session, HURRIED, [(Taken(one.id, 1), Sent(5))])
    assert (await row(database, one)).state is OutboxState.WAITING
    async with database.begin(SERVICE) as session:
        await outcome.sent(session, HURRIED, [(Taken(one.id, 2), Sent(6))])
    assert (await row(database, one)).message_id == 6


async def test_no_more_is_taken_than_telegram_allows_all_replicas_together(
    database: Database,
) -> None:
    for number in range(40):
        await say(database, 700 + number, "hello")

    async def take() -> int:
        async with database.begin(SERVICE) as session:
            return len((await claim(session, Pace(1), 50)).rows)

    assert sum(await asyncio.gather(*(take() for _ in range(4)))) <= 2


async def test_what_is_urgent_takes_along_what_stands_before_it_in_its_chat(
    database: Database,
) -> None:
    for number in range(20):
        await say(database, 700 + number, "hello")
    before = await say(database, 900, "hello")
    await _cry(database, 900)
    after = await say(database, 900, "hello again")
    for urgent_only in (False, True):
        async with database.begin(SERVICE) as session:
            claimed = await claim(session, Pace(1000), 1, urgent_only=urgent_only)
            assert [one.id for one in claimed.rows] == [before.id]
            await session.rollback()

    async with database.begin(SERVICE) as session:
        await claim(session, Pace(1000), 1)
    assert (await row(database, before)).priority == 0
    assert (await row(database, after)).priority == REPLY.priority


async def test_what_is_urgent_does_not_wait_as_long_as_what_failed_before_it(
    database: Database,
) -> None:
    failing = await say(database, 700, "hello")
    async with database.begin(SERVICE) as session:
        await claim(session, HURRIED, 10)
        await session.execute(text("UPDATE outbox SET tries = 6"))
        await outcome.postponed(session, Taken(failing.id, 1), HURRIED, "away")
    await _cry(database, 700)
    async with database.begin(SERVICE) as session:
        assert (await claim(session, HURRIED, 10)).rows == []
        wait = await session.scalar(text("SELECT open_at - clock_timestamp() FROM outbox_lane"))
    assert wait <= timedelta(seconds=5)


@pytest.mark.parametrize("priority", [0, 1, 2])
async def test_what_was_taken_along_is_tried_again_as_soon_as_what_is_urgent(
    database: Database, priority: int
) -> None:
    """However often it failed before: what it holds up waits as long."""
    failing = await say(database, 700, "hello")
    await _cry(database, 700, priority)
    async with database.begin(SERVICE) as session:
        await session.execute(
            update(OutboxRow).where(OutboxRow.id == failing.id).values(tries=TRIES_IN_ORDER - 2)
        )
    async with database.begin(SERVICE) as session:
        await claim(session, HURRIED, 10)
        await outcome.postponed(session, Taken(failing.id, 1), HURRIED, "away")
        wait = await session.scalar(text("SELECT open_at - clock_timestamp() FROM outbox_lane"))
    assert wait <= outcome.URGENT_BACKOFF


async def _cry(database: Database, chat_id: int, priority: int = 0) -> None:
    async with database.begin(SERVICE) as session:
        at_once = Delivery(NoticeClass.REPLY, priority)
        await put(session, chat_id, {"window": {"text": "help", "markup": None}}, at_once)


@pytest.mark.parametrize(
    "refusal",
    [
        TelegramForbiddenError(GetMe(), "Forbidden: bot was blocked by the user"),
        TelegramForbiddenError(GetMe(), "Forbidden: user is deactivated"),
        TelegramForbiddenError(GetMe(), "Forbidden: bot can't initiate conversation with a user"),
        TelegramForbiddenError(GetMe(), "Forbidden: bot was kicked from the group chat"),
        TelegramForbiddenError(GetMe(), "Forbidden: bot was kicked from the supergroup chat"),
        TelegramForbiddenError(GetMe(), "Forbidden: bot was kicked from the channel chat"),
        TelegramForbiddenError(GetMe(), "Forbidden: the group chat was deleted"),
        TelegramForbiddenError(GetMe(), "Forbidden: bot is not a member of the group chat"),
        TelegramForbiddenError(GetMe(), "Forbidden: bot is not a member of the supergroup chat"),
        TelegramForbiddenError(GetMe(), "Forbidden: bot is not a member of the channel chat"),
        TelegramBadRequest(GetMe(), "Bad Request: chat not found"),
        TelegramBadRequest(
            GetMe(), "Bad Request: not enough rights to send text messages to the chat"
        ),
        TelegramBadRequest(GetMe(), "Bad Request: have no rights to send a message"),
        TelegramBadRequest(GetMe(), "Bad Request: CHAT_WRITE_FORBIDDEN"),
    ],
    ids=str,
)
def test_each_of_telegrams_words_for_nobody_there_is_known(refusal: TelegramAPIError) -> None:
    assert meaning(refusal) is Trouble.BLOCKED


def test_an_unknown_403_is_not_taken_for_a_block() -> None:
    unknown = TelegramForbiddenError(GetMe(), "Forbidden: something that nobody has seen yet")

    assert meaning(unknown) is Trouble.REFUSED


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (TelegramEntityTooLarge(GetMe(), "Request Entity Too Large"), Trouble.HOPELESS),
        (TelegramNetworkError(GetMe(), "Request timeout error"), Trouble.PASSING),
        (ClientDecodeError("strange", ValueError(), ""), Trouble.PASSING),
        (TelegramNotFound(GetMe(), "Not Found: method not found"), Trouble.HOPELESS),
        (TelegramNotFound(GetMe(), "Not Found"), Trouble.PASSING),
    ],
)
def test_what_is_too_large_or_not_known_never_goes_and_what_only_hiccups_is_tried_again(
    error: AiogramError, trouble: Trouble
) -> None:
    assert meaning(error) is trouble


async def test_what_telegram_refuses_without_a_known_reason_is_tried_a_few_times_and_steps_aside(
    database: Database,
) -> None:
    one = await say(database, 700, "hello")
    states = []
    for fence in range(1, 9):
        async with database.begin(SERVICE) as session:
            await session.execute(
                text("UPDATE outbox_lane SET open_at = clock_timestamp() - '1 day'::interval")
            )
        async with database.begin(SERVICE) as session:
            await claim(session, HURRIED, 10)
            await outcome.refused(session, Taken(one.id, fence), HURRIED, "refused")
        states.append((await row(database, one)).state)

    assert states[0] is OutboxState.WAITING
    assert states[-1] is OutboxState.FAILED


async def test_an_outage_before_it_is_no_refusal(database: Database) -> None:
    one = await say(database, 700, "hello")
    for fence in range(1, 14):
        async with database.begin(SERVICE) as session:
            await session.execute(
                text("UPDATE outbox_lane SET open_at = clock_timestamp() - '1 day'::interval")
            )
        async with database.begin(SERVICE) as session:
            await claim(session, HURRIED, 10)
            if fence <= 7:
                await outcome.postponed(session, Taken(one.id, fence), HURRIED, "away")
            else:
                await outcome.refused(session, Taken(one.id, fence), HURRIED, "refused")
    assert (await row(database, one)).state is OutboxState.WAITING


async def test_p12_a_chat_has_one_send_at_a_time_though_its_rows_are_committed_out_of_order(
    database: Database,
) -> None:
    """Race: a case's alert gets its number before another's, and is committed after it."""
    async with database.begin(SERVICE) as slow:
        await put(slow, 700, {"window": {"text": "first", "markup": None}}, REPLY)
        await slow.flush()
        later = await say(database, 700, "second")
        async with database.begin(SERVICE) as session:
            assert [row.id for row in (await claim(session, HURRIED, 10)).rows] == [later.id]
    async with database.begin(SERVICE) as session:
        assert (await claim(session, HURRIED, 10)).rows == []


async def test_p12_a_429_from_several_chats_closes_all_of_them(database: Database) -> None:
    for number in range(4):
        await say(database, 700 + number, "hello")
    async with database.begin(SERVICE) as session:
        rows = (await claim(session, HURRIED, 3)).rows
    for row_ in rows[:2]:
        async with database.begin(SERVICE) as session:
            await outcome.told_to_wait(session, Taken(row_.id, 1), "429", timedelta(seconds=50))
    async with database.begin(SERVICE) as session:
        assert [row.fence for row in (await claim(session, HURRIED, 10)).rows] == [1]
    async with database.begin(SERVICE) as session:
        await outcome.told_to_wait(session, Taken(rows[2].id, 1), "429", timedelta(seconds=50))
    await say(database, 709, "others wait, too")
    async with database.begin(SERVICE) as session:
        closed = await claim(session, HURRIED, 10)
    assert closed.rows == ()
    assert closed.wait is not None
    assert closed.wait > timedelta(seconds=40)


async def test_chats_that_are_closed_for_long_one_after_the_other_close_nobody_else(
    database: Database,
) -> None:
    for number in range(3):
        await say(database, 700 + number, "hello")
        async with database.begin(SERVICE) as session:
            [row] = (await claim(session, HURRIED, 1)).rows
            await outcome.told_to_wait(session, Taken(row.id, 1), "429", timedelta(hours=2))
        async with database.begin(SERVICE) as session:
            await session.execute(_TWENTY_MINUTES_LATER)
    urgent = await say(database, 709, "nobody told this one to wait")
    async with database.begin(SERVICE) as session:
        assert [row.id for row in (await claim(session, HURRIED, 10)).rows] == [urgent.id]


_TWENTY_MINUTES_LATER = text(
    "UPDATE outbox_lane SET open_at = open_at - interval '20 minutes',"
    " closed_until = closed_until - interval '20 minutes'"
)


def test_what_was_done_with_a_batch_counts_as_waiting_for_the_limit() -> None:
    claimed = Claim((), timedelta(seconds=1), at=time.monotonic() - 2)
    assert claimed.still_to_wait == timedelta()
    assert Claim(()).still_to_wait is None
