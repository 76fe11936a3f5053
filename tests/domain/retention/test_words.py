"""P6: with the words of a talk goes whatever else says them, or when they came."""

import pytest
from sqlalchemy import func, select, update

from domain.retention import forgetting
from storage.kinds import OutboxState
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from tests.counting import how_many
from tests.documents import content_of
from tests.domain.privacy.canaries import GROUP, Somebody
from tests.domain.privacy.erasing import everything_is_sent_and_swept
from tests.domain.retention.passing import days_pass


async def rows_of_cases(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        of_one = select(func.count()).where(OutboxRow.case_id.is_not(None))
        return await session.scalar(of_one) or 0


async def topics_deleted(database: Database) -> list[tuple[int, int]]:
    async with database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.number))).all()
        contents = [(chat_of(row, session.keys), content_of(row, session.keys)) for row in rows]
    return [
        (chat, content["delete_topic"]) for chat, content in contents if "delete_topic" in content
    ]


async def test_p6_what_the_team_wrote_in_the_topic_of_a_case_goes_with_its_words(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await days_pass(database, clock, 167)
    assert await topics_deleted(database) == []
    await days_pass(database, clock, 14)

    assert await how_many(database, Message) == 0
    assert await how_many(database, Case) == 1
    assert await topics_deleted(database) == [(GROUP, 31)]


@pytest.mark.parametrize("at_once", [500, 1])
async def test_p6_when_and_where_each_message_came_goes_with_the_words(
    database: Database, clock: Clock, amal: Somebody, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row in which a message left has the sealed number of its chat, and Telegram's of it."""
    monkeypatch.setattr(forgetting, "_MOST_WORDS", at_once)
    await everything_is_sent_and_swept(database, clock)
    assert await rows_of_cases(database) > 1
    await days_pass(database, clock, 167)
    await days_pass(database, clock, 14)

    assert await how_many(database, Message) == 0
    assert await how_many(database, Case) == 1
    assert await rows_of_cases(database) == 0


async def test_p6_what_has_not_left_yet_stays_with_its_case(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).values(state=OutboxState.HELD))
    before = await rows_of_cases(database)
    await days_pass(database, clock, 167)
    await days_pass(database, clock, 14)

    assert await how_many(database, Message) == 0
    assert await rows_of_cases(database) == before > 1
