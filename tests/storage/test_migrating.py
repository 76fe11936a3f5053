"""A migration holds up nobody for long, and one that is in the way of others gives way."""

import asyncio
import uuid
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.embedded.postgres import EmbeddedPostgres
from bot.embedded.roles import OWNER
from storage import schema
from storage.inbox.arrivals import take_in
from storage.schema import (
    NotUnicode,
    TablesContracted,
    TablesInUse,
    is_contracted,
    is_known,
    is_older,
    migrate,
    newest,
)
from storage.sessions import SERVICE, Database
from tests.newer_migrations import NEXT, bring_next
from tests.postgres import DatabaseUrls, drop_database, execute_alone, set_for_database


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_LOCK_PATIENCE", {**schema._LOCK_PATIENCE, "lock_timeout": "50ms"})
    monkeypatch.setattr(schema, "_PAUSE", 0.01)
    monkeypatch.setattr(schema, "_TRIES", 3)


async def revision_at(urls: DatabaseUrls) -> str | None:
    engine = create_async_engine(urls.owner_url)
    async with engine.connect() as connection:
        found = await connection.run_sync(schema.revision)
    await engine.dispose()
    return found


async def test_a_migration_gives_up_waiting_so_that_those_behind_it_go_on(
    database: Database, urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_next(tmp_path, monkeypatch)
    before = await revision_at(urls)
    async with database.begin(SERVICE) as reading:
        # As a backup does, for as long as it takes.
        await reading.execute(text("SELECT count(*) FROM inbox"))
        async with asyncio.TaskGroup() as group:
            migrating = group.create_task(_refused(urls))
            number = 0
            while not migrating.done():
                number += 1
                async with database.begin(SERVICE) as session:
                    await take_in(session, [{"update_id": number}])

    assert number > 0
    assert await revision_at(urls) == before
    await migrate(urls.owner_url)
    assert await revision_at(urls) == NEXT


async def _refused(urls: DatabaseUrls) -> None:
    with pytest.raises(TablesInUse):
        await migrate(urls.owner_url)


async def test_a_migration_tries_again_until_the_tables_are_free(
    database: Database, urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_next(tmp_path, monkeypatch)
    monkeypatch.setattr(schema, "_TRIES", 10_000)
    async with asyncio.TaskGroup() as group:
        async with database.begin(SERVICE) as reading:
            await reading.execute(text("SELECT count(*) FROM inbox"))
            migrating = group.create_task(migrate(urls.owner_url))
            while not await _waits(database):
                pass
        await migrating

    assert await revision_at(urls) == NEXT


async def _waits(database: Database) -> bool:
    async with database.engine.connect() as connection:
        waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'inbox'::regclass"
        return bool(await connection.scalar(text(f"SELECT EXISTS ({waiting})")))


async def test_an_index_that_was_broken_off_is_built_anew(
    urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_next(tmp_path, monkeypatch, 'build_index("ix_inbox_later", "inbox", ("tries",))')
    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE INDEX ix_inbox_later ON inbox (lane)"))
        broken_off = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = "
        await connection.execute(text(f"{broken_off}'ix_inbox_later'::regclass"))
    await migrate(urls.owner_url)
    async with engine.connect() as connection:
        built = await connection.scalar(
            text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_inbox_later'")
        )
    await engine.dispose()

    assert built is not None
    assert built.endswith("(tries)")


async def test_tables_are_older_known_or_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = newest()

    assert (is_known(here), is_older(here)) == (True, False)
    assert (is_known(NEXT), is_older(NEXT)) == (False, False)
    assert is_older("0001")
    assert is_older(None)
    bring_next(tmp_path, monkeypatch)
    assert is_older(here)


async def test_whoever_goes_back_to_an_older_version_leaves_newer_tables_as_they_are(
    urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        bring_next(tmp_path, patch)
        assert await migrate(urls.owner_url) == NEXT

    assert await migrate(urls.owner_url) == NEXT
    assert await revision_at(urls) == NEXT


async def test_nobody_goes_back_to_a_version_that_misses_what_is_gone(
    urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        gone = 'op.drop_column("case", "staff_topic")'
        bring_next(tmp_path, patch, gone, f'contracts_since = "{NEXT}"')
        await migrate(urls.owner_url)

    with pytest.raises(TablesContracted):
        await migrate(urls.owner_url)


async def test_nobody_goes_back_past_what_is_gone_where_the_migration_stopped_behind_it(
    urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_async_engine(urls.owner_url)
    with monkeypatch.context() as patch:
        gone = 'op.drop_column("case", "staff_topic")'
        bring_next(tmp_path, patch, gone, f'contracts_since = "{NEXT}"')
        bring_next(tmp_path, patch, "raise NotImplementedError", number="9002")
        with pytest.raises(NotImplementedError):
            await migrate(urls.owner_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(is_contracted)
    await engine.dispose()

    assert await revision_at(urls) == NEXT
    with pytest.raises(TablesContracted):
        await migrate(urls.owner_url)


@pytest.mark.parametrize(("since", "contracted"), [("0001", False), (NEXT, True)])
async def test_newer_tables_say_since_when_nobody_uses_what_is_gone(
    urls: DatabaseUrls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    since: str,
    contracted: bool,
) -> None:
    with monkeypatch.context() as patch:
        bring_next(
            tmp_path, patch, 'op.drop_column("case", "staff_topic")', f'contracts_since = "{since}"'
        )
        await migrate(urls.owner_url)
    engine = create_async_engine(urls.owner_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(is_contracted) is contracted
    await engine.dispose()


async def test_two_who_migrate_at_once_both_end_at_the_newest(
    urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As two commands at the first start of an embedded database, or two operators."""
    monkeypatch.setattr(schema, "_TRIES", 10_000)
    bring_next(tmp_path, monkeypatch)

    found = await asyncio.gather(*(migrate(urls.owner_url) for _ in range(3)))

    assert found == [NEXT] * 3


async def test_an_index_that_goes_waits_for_a_backup_as_one_that_comes_does(
    database: Database, urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it. Given up and begun anew, it would lie there unused, and what was built
    in its place would be built once more, with nothing to find messages by meanwhile.
    """
    monkeypatch.setattr(schema, "_TRIES", 1)
    goes = 'from migrations.indexes import remove_index\nremove_index("ix_inbox_waits", "inbox")'
    bring_next(tmp_path, monkeypatch, goes)
    async with asyncio.TaskGroup() as group:
        async with database.begin(SERVICE) as reading:
            await reading.execute(text("SELECT count(*) FROM inbox"))
            migrating = group.create_task(migrate(urls.owner_url))
            while not migrating.done() and not await _waits_for_somebody(database):
                pass
            async with database.begin(SERVICE) as session:
                await take_in(session, [{"update_id": 1}])
        await migrating

    assert await revision_at(urls) == NEXT


async def _waits_for_somebody(database: Database) -> bool:
    """Long enough for a patience of 50 ms to be over."""
    async with database.engine.connect() as connection:
        waiting = (
            "SELECT FROM pg_locks WHERE NOT granted AND locktype = 'virtualxid'"
            " AND clock_timestamp() - waitstart > interval '200 ms'"
        )
        return bool(await connection.scalar(text(f"SELECT EXISTS ({waiting})")))


SAYS_ITS_PATIENCE = """
op.execute(
    "INSERT INTO fact (name, value, changed_at) VALUES"
    " ('patience-' || current_setting('lock_timeout'), '{}', now()) ON CONFLICT DO NOTHING"
)
build_index("ix_inbox_later", "inbox", (sa.text("in_each_others_way(number)"),))
"""


async def test_after_an_index_that_could_not_be_built_nobody_waits_longer_than_before(
    database: Database, urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next try asks for the tables once more, while somebody reads them."""
    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE FUNCTION in_each_others_way(bigint) RETURNS bigint IMMUTABLE"
                " LANGUAGE plpgsql AS $$ BEGIN RAISE deadlock_detected; END $$"
            )
        )
    async with database.begin(SERVICE) as session:
        await take_in(session, [{"update_id": 1}])
    bring_next(tmp_path, monkeypatch, SAYS_ITS_PATIENCE)

    with pytest.raises(TablesInUse):
        await migrate(urls.owner_url)

    async with engine.connect() as connection:
        patience = await connection.scalars(
            text("SELECT name FROM fact WHERE name LIKE 'patience-%'")
        )
        assert patience.all() == ["patience-50ms"]
    await engine.dispose()


async def test_a_servers_impatience_stops_no_migration(
    postgres: EmbeddedPostgres, urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_next(tmp_path, monkeypatch)
    await set_for_database(postgres, urls, "statement_timeout = '1ms'")
    assert await migrate(urls.owner_url) == NEXT


async def test_a_database_that_takes_few_scripts_gets_no_tables(
    postgres: EmbeddedPostgres,
) -> None:
    name = f"latin_{uuid.uuid4().hex}"
    made = f"CREATE DATABASE \"{name}\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    await execute_alone(postgres, made)
    with pytest.raises(NotUnicode):
        await migrate(postgres.url(OWNER, name))
    await drop_database(postgres, name)
