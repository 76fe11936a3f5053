"""Fresh databases in the session's PostgreSQL."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.embedded.postgres import EmbeddedPostgres
from bot.embedded.roles import OWNER, RUN, database_statements

# A test's data need not survive a power cut.
HASTE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    # A connection lives for a test and asks most things once or twice; what is planned anew for
    # each value takes a third of the server's time.
    "plan_cache_mode": "force_generic_plan",
}


class DatabaseUrls(NamedTuple):
    owner_url: str
    run_url: str


async def create_database(
    postgres: EmbeddedPostgres,
    name: str,
    template: str = "template1",
    *,
    planned_as_in_life: bool = False,
) -> DatabaseUrls:
    """A database of that name, copied from the template, which nobody may be connected to."""
    create, *more = database_statements(name, template)
    if planned_as_in_life:
        more.append(f'ALTER DATABASE "{name}" SET plan_cache_mode = auto')
    # Page by page through the log, as usual, is twice the work.
    await execute_alone(postgres, f"{create} STRATEGY file_copy", *more)
    return DatabaseUrls(postgres.url(OWNER, name), postgres.url(RUN, name))


async def drop_database(postgres: EmbeddedPostgres, name: str) -> None:
    await execute_alone(postgres, f'DROP DATABASE "{name}" WITH (FORCE)')


async def set_for_database(postgres: EmbeddedPostgres, urls: DatabaseUrls, setting: str) -> None:
    """As whoever runs the server may have it, for those who connect from now on."""
    name = make_url(urls.owner_url).database
    await execute_alone(postgres, f'ALTER DATABASE "{name}" SET {setting}')


async def execute_alone(postgres: EmbeddedPostgres, *statements: str) -> None:
    """As the owner, each in its own implicit transaction."""
    async with _owner(postgres.owner_url).connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))


@cache
def _owner(url: str) -> AsyncEngine:
    """Asked twice by each test; it keeps no connection."""
    return create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")


class Compiled:
    """Statements as PostgreSQL wants them. Each engine makes its own, and each test has one."""

    def __init__(self) -> None:
        self._statements: dict[Any, Any] = {}
        self._dialect: Dialect | None = None

    def share(self, engine: AsyncEngine) -> None:
        """Before it is used."""
        shared = engine.sync_engine
        # They are found by the very dialect that they were made for.
        self._dialect = shared.dialect = self._dialect or shared.dialect
        shared.update_execution_options(compiled_cache=self._statements)
