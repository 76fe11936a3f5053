"""P6: with the words of a talk goes whatever else says them, or when they came."""

import pytest
from sqlalchemy import select

from storage.outbox.letters import chat_of
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from tests.counting import how_many
from tests.documents import content_of
from tests.domain.privacy.canaries import GROUP, Somebody, somebody
from tests.domain.retention.test_forgetting import days_pass


@pytest.fixture
async def amal(database: Database, clock: Clock) -> Somebody:
    return await somebody(database, clock)


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
