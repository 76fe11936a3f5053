"""What Telegram takes at no try lets the rest of its chat go first, and is never given up."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.delivery.courier import Courier
from bot.metrics.measures import measure
from simulator.memory.users import User
from storage.kinds import NoticeClass, OutboxState
from storage.outbox.letters import Delivery
from storage.outbox.unsent import take_back
from storage.sessions import SERVICE, Clock, Database
from storage.tables.outbox import TRIES_IN_ORDER, OutboxRow
from tests.bot.delivering import deliver, tries, user, words
from tests.bot.outgoing import REPLY, row, say
from tests.documents import put
from tests.simulator_server import RunningSimulator

URGENT = Delivery(NoticeClass.REPLY, priority=0)


@pytest.fixture
def person(telegram: RunningSimulator) -> User:
    return user(telegram)


async def stuck(database: Database, telegram: RunningSimulator, person: User) -> OutboxRow:
    """Something that Telegram answers with passing trouble, and always will."""
    telegram.fail("500", "deleteMessages", chat_id=person.id)
    async with database.begin(SERVICE) as session:
        return await put(session, person.id, {"delete": [1]}, REPLY)


async def test_p1_a_send_that_always_fails_does_not_silence_its_chat(
    database: Database, courier: Courier, telegram: RunningSimulator, person: User
) -> None:
    failing = await stuck(database, telegram, person)
    async with database.begin(SERVICE) as session:
        await put(session, person.id, {"window": {"text": "help", "markup": None}}, URGENT)
    await tries(database, courier, TRIES_IN_ORDER - 1)
    assert words(telegram, person) == []

    await tries(database, courier, 2)
    assert words(telegram, person) == ["help"]
    assert (await row(database, failing)).state is OutboxState.HELD


async def test_p1_what_takes_many_calls_and_is_told_to_wait_between_them_does_not_silence_its_chat(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    person: User,
    clock: Clock,
) -> None:
    """What it holds up goes first when the chat is open again, not it once more."""
    wait = timedelta(seconds=90)
    telegram.fail("429", "deleteMessages", chat_id=person.id, retry_after=90)
    async with database.begin(SERVICE) as session:
        failing = await put(session, person.id, {"delete": [1, 2]}, REPLY)
        await put(session, person.id, {"window": {"text": "help", "markup": None}}, URGENT)
    await tries(database, courier, TRIES_IN_ORDER - 1)
    assert words(telegram, person) == []

    await tries(database, courier, 1)
    clock.offset += wait
    await tries(database, courier, 1)
    assert words(telegram, person) == ["help"]
    assert (await row(database, failing)).state is OutboxState.HELD
    telegram.fail("none")
    clock.offset += wait
    await tries(database, courier, 1)
    assert (await row(database, failing)).state is OutboxState.SENT


async def test_p12_what_telegram_puts_off_was_not_tried_and_nothing_of_its_chat_overtakes(
    database: Database, courier: Courier, telegram: RunningSimulator, person: User
) -> None:
    telegram.fail("429", "sendMessage", chat_id=person.id, retry_after=90)
    first = await say(database, person.id, "one")
    await say(database, person.id, "two")
    await tries(database, courier, TRIES_IN_ORDER + 2)
    assert (await row(database, first)).tries == 0

    telegram.fail("none")
    await tries(database, courier, 1)
    assert words(telegram, person) == ["one", "two"]


async def test_p3_what_steps_aside_is_never_given_up_and_goes_once_telegram_takes_it(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    person: User,
    clock: Clock,
) -> None:
    failing = await stuck(database, telegram, person)
    for _ in range(3 * TRIES_IN_ORDER):
        await tries(database, courier, 1)
        clock.offset += timedelta(minutes=1)
    assert (await row(database, failing)).tries == 3 * TRIES_IN_ORDER

    telegram.fail("none")
    await tries(database, courier, 1)
    assert (await row(database, failing)).state is OutboxState.SENT


async def test_what_stepped_aside_counts_as_stuck_for_as_long_as_it_waits(
    database: Database,
    courier: Courier,
    telegram: RunningSimulator,
    person: User,
    clock: Clock,
) -> None:
    await stuck(database, telegram, person)
    await tries(database, courier, TRIES_IN_ORDER)
    await say(database, person.id, "hello")
    await tries(database, courier, 1)
    clock.offset += timedelta(minutes=30)
    for _ in range(2):
        async with database.begin(SERVICE) as session:
            queues = (await measure(session)).queues
        assert (queues["outbox"].waiting, queues["held"].waiting) == (1, 0)
        assert queues["outbox"].oldest >= timedelta(minutes=30).total_seconds()
        await tries(database, courier, 1)


async def test_what_may_have_arrived_is_not_taken_back_because_it_stepped_aside(
    database: Database, courier: Courier, telegram: RunningSimulator, person: User
) -> None:
    failing = await stuck(database, telegram, person)
    await tries(database, courier, TRIES_IN_ORDER)

    async with database.begin(SERVICE) as session:
        assert failing.stand_in is not None
        assert await take_back(session, failing.stand_in) is None


async def test_what_could_not_be_worded_for_long_is_not_taken_for_stuck(
    database: Database, courier: Courier
) -> None:
    async with database.begin(SERVICE) as session:
        await put(session, 700, {"notice": "no-such", "params": {}}, REPLY)
    await deliver(courier)
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).values(tries=TRIES_IN_ORDER + 1))
        queues = (await measure(session)).queues
    assert (queues["outbox"].waiting, queues["held"].waiting) == (0, 1)
