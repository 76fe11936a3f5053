"""Silence is a no only of those whom the question reached."""

import pytest
from sqlalchemy import delete, update

from domain.consent import PURPOSES
from storage.kinds import OutboxState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.checking_in import MORNING, set_clock
from tests.domain.consent.test_renewal import ALL, agreed, has_arrived, somebody, ticks


@pytest.fixture
async def centre(database: Database, clock: Clock) -> Centre:
    set_clock(clock, MORNING)
    return await Centre.open(database, clock)


@pytest.mark.parametrize(
    "became", [OutboxState.WAITING, OutboxState.HELD, OutboxState.FAILED, None]
)
async def test_p3_nothing_lapses_by_a_question_that_never_came(
    centre: Centre, became: OutboxState | None
) -> None:
    """It waits, it failed, or nothing is known of it any more: that is no silence of theirs."""
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    await ticks(centre)
    for _ in range(3):
        async with centre.database.begin(SERVICE) as session:
            if became is None:
                await session.execute(delete(OutboxRow))
            else:
                await session.execute(update(OutboxRow).values(state=became))
        centre.later(days=31)
        await ticks(centre)
    assert await agreed(centre, person) == ALL


async def test_p3_their_time_begins_once_telegram_has_taken_the_question(centre: Centre) -> None:
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    await ticks(centre)
    centre.later(days=20)
    await ticks(centre)
    async with centre.database.begin(SERVICE) as session:
        taken = {"state": OutboxState.SENT, "finished_at": session.now}
        await session.execute(update(OutboxRow).values(**taken))
    for days, lapsed in ((1, False), (28, False), (2, True)):
        centre.later(days=days)
        await ticks(centre)
        assert (await agreed(centre, person) != ALL) is lapsed


async def test_p5_nothing_lapses_in_a_frozen_chat_and_they_are_asked_again_after_it(
    centre: Centre,
) -> None:
    """The question was cleared away with the rest, and could be answered nowhere."""
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    for frozen, days in ((False, 0), (True, 40), (True, 40), (False, 1), (False, 28)):
        async with centre.database.begin(SERVICE) as session:
            known = await session.get_one(Returnee, person.id)
            known.frozen_at = session.now if frozen else None
        for _ in range(2):
            await ticks(centre)
            await centre.all_arrives()
            centre.later(minutes=11)
        centre.later(days=days)
    await ticks(centre)
    assert await agreed(centre, person) == ALL
    centre.later(days=2)
    await ticks(centre)
    assert await agreed(centre, person) == dict.fromkeys(PURPOSES, False)
