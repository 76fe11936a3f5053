from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.postgres import Database


async def test_the_run_role_is_bound_by_policies(empty_database: Database) -> None:
    engine = create_async_engine(empty_database.run_url)
    async with engine.connect() as connection:
        role = (
            await connection.execute(
                text("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
            )
        ).one()
        await connection.execute(text("set role wayhome_app"))
    await engine.dispose()
    assert tuple(role) == (False, False)
