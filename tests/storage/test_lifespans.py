from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.lifespans import end_in_turn
from tests.postgres import DatabaseUrls


@asynccontextmanager
async def _living(urls: DatabaseUrls, shortest: int, longest: int) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(urls.run_url)
    end_in_turn(engine.sync_engine, shortest, longest)
    yield engine
    await engine.dispose()


async def _backend(connection: AsyncConnection) -> int:
    """PostgreSQL's process behind it."""
    return int(await connection.scalar(text("SELECT pg_backend_pid()")) or 0)


async def _backends_of_three_uses(engine: AsyncEngine) -> Counter[int]:
    backends: Counter[int] = Counter()
    for _ in range(3):
        async with engine.connect() as connection:
            backends[await _backend(connection)] += 1
    return backends


async def test_a_connection_whose_time_has_come_is_made_anew_and_no_other(
    urls: DatabaseUrls,
) -> None:
    async with _living(urls, 0, 0) as engine:
        assert len(await _backends_of_three_uses(engine)) == 3
    async with _living(urls, 3600, 7200) as engine:
        assert len(await _backends_of_three_uses(engine)) == 1


async def test_whoever_has_a_connection_keeps_it_though_its_time_has_come(
    urls: DatabaseUrls,
) -> None:
    async with _living(urls, 0, 0) as engine, engine.connect() as connection:
        assert await _backend(connection) == await _backend(connection)


async def test_connections_that_began_together_do_not_end_together(urls: DatabaseUrls) -> None:
    async with _living(urls, 0, 3600) as engine, AsyncExitStack() as stack:
        connections = [await stack.enter_async_context(engine.connect()) for _ in range(4)]
        ends = {(await connection.get_raw_connection()).info["ends"] for connection in connections}
    assert max(ends) - min(ends) > 1
