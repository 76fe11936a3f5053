"""Who may take a row of the outbox, and what becomes of it. Any number of replicas ask."""

import asyncio
from typing import Any

import pytest
from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import GetMe
from sqlalchemy import text

from bot.delivery import outcome
from bot.delivery.claiming import claim
from bot.delivery.outcome import Taken
from bot.delivery.pace import Pace
from bot.delivery.sending import Sent
from bot.telegram import Trouble, meaning
from storage.kinds import OutboxState
from storage.sessions import SERVICE, Database
from tests.bot.outgoing import HURRIED, row, say


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


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ("Forbidden: bot was blocked by the user", Trouble.BLOCKED),
        ("Forbidden: something that nobody has seen yet", Trouble.REFUSED),
    ],
)
def test_an_unknown_403_is_not_taken_for_a_block(words: str, trouble: Trouble) -> None:
    assert meaning(TelegramForbiddenError(GetMe(), words)) is trouble


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
