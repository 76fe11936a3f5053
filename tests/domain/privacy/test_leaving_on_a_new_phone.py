"""P6, P13: whoever is to be forgotten is let in on a new phone meanwhile."""

from sqlalchemy import select

from domain.privacy.passing_on import take_back
from storage.kinds import Role
from storage.outbox.letters import chat_of
from storage.outbox.traces import leave_traces
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.counting import how_many
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.domain.identity.test_new_phone import (
    NEW_CHAT,
    holder,
    lets_in,
)
from tests.domain.privacy.test_erasing import erase
from tests.domain.privacy.test_passing_on import met, watched


async def deleted_there(centre: Centre, chat: int) -> list[dict[str, object]]:
    async with centre.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.number))).all()
        sent = [(chat_of(row, session.keys), content_of(row, session.keys)) for row in rows]
    return [content for where, content in sent if where == chat and "delete" in content]


async def test_p13_a_deletion_that_is_taken_back_gives_nobody_back_to_the_phone_of_before(
    centre: Centre,
) -> None:
    nina = await centre.colleague(Role.SAFEGUARDING)
    person, old = await watched(centre)
    await lets_in(centre, person)
    await met(centre, nina, person)
    async with centre.database.begin(centre.organisation.id) as session:
        assert await take_back(session, nina, person.id)

    assert await holder(centre, old) is None
    moved = await holder(centre, NEW_CHAT)
    assert moved is not None
    assert moved.id == person.id


async def test_p6_when_its_time_has_come_the_new_phone_is_emptied_as_the_one_before(
    centre: Centre,
) -> None:
    person, _ = await watched(centre)
    await lets_in(centre, person)
    moved = await holder(centre, NEW_CHAT)
    assert moved is not None
    async with centre.database.begin(SERVICE) as session:
        await leave_traces(session, [(moved.chat_key, 7)])
    centre.later(hours=73)
    await erase(centre.database)

    assert await how_many(centre.database, Returnee) == 0
    assert await deleted_there(centre, NEW_CHAT) == [{"delete": [7], "hide": True}]
