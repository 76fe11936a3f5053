"""What earlier releases left in the tables, a migration puts right."""

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import create_async_engine

from domain.channels.keeping import add_channel
from storage import schema
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.channels import AlertChannel, ChannelCall
from storage.tables.staff import Staff
from tests.domain.centre import Centre
from tests.postgres import DatabaseUrls


@pytest.fixture
async def centre(database: Database, clock: Clock) -> Centre:
    return await Centre.open(database, clock)


async def puts_right(urls: DatabaseUrls, number: str) -> None:
    """That revision, once more: what it does to rows it does to any tables since."""
    module = schema._scripts().get_revision(number).module

    def upgrade(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            module.upgrade()

    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()


async def test_p7_of_whoever_left_before_no_address_stays_and_of_all_others_each(
    urls: DatabaseUrls, centre: Centre
) -> None:
    head, gone = await centre.colleague(Role.ADMIN), await centre.colleague(Role.SUPERVISOR)
    for owner, shared in ((gone, False), (gone, True), (head, False)):
        async with centre.database.begin(centre.organisation.id, owner.staff_id) as session:
            await add_channel(session, owner, "jsons://alerts.example.org", shared=shared)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Staff, gone.staff_id)).disabled_at = session.now
    await puts_right(urls, "0083")

    async with centre.database.begin(SERVICE) as session:
        there = list(await session.scalars(select(AlertChannel)))
        assert {each.staff_id for each in there} == {None, head.staff_id}
        called = await session.scalars(select(ChannelCall.channel_id))
        assert set(called) == {each.id for each in there}
