"""Fresh databases in the session's PostgreSQL."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.embedded.postgres import EmbeddedPostgres
from bot.embedded.roles import OWNER, RUN, database_statements

# A test's data need not survive a power cut.
HASTE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class DatabaseUrls(NamedTuple):
    owner_url: str
    run_url: str


async def create_database(
    postgres: EmbeddedPostgres, name: str, template: str = "template1"
) -> DatabaseUrls:
    """A database of that name, copied from the template, which nobody may be connected to."""
    create, *grants = database_statements(name, template)
    # Page by page through the log, as usual, is twice the work.
    await execute_alone(postgres, f"{create} STRATEGY file_copy", *grants)
    return DatabaseUrls(postgres.url(OWNER, name), postgres.url(RUN, name))


async def drop_database(postgres: EmbeddedPostgres, name: str) -> None:
    await execute_alone(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


async def execute_alone(postgres: EmbeddedPostgres, *statements: str) -> None:
    """As the owner, each in its own implicit transaction."""
    engine = create_async_engine(
        postgres.owner_url, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
