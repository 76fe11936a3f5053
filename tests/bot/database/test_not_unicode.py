"""A database that takes few of the scripts that people write in is named by every command."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from bot.commands.main import app
from bot.embedded.postgres import EmbeddedPostgres
from bot.embedded.roles import OWNER, RUN
from bot.health.database_checks import _server
from storage.keys.keyring import Keyring
from storage.schema import upgrade
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes
from tests.postgres import DatabaseUrls, drop_database, execute_alone


@pytest.fixture
async def latin(postgres: EmbeddedPostgres) -> AsyncIterator[DatabaseUrls]:
    name = f"latin_{uuid4().hex}"
    made = f"CREATE DATABASE \"{name}\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    await execute_alone(postgres, made)
    yield DatabaseUrls(postgres.url(OWNER, name), postgres.url(RUN, name))
    await drop_database(postgres, name)


async def test_migrate_makes_no_tables_in_it_and_says_how_to_make_another(
    latin: DatabaseUrls, tmp_path: Path
) -> None:
    env = {"WAYHOME_DATABASE_URL": latin.owner_url, "WAYHOME_DATA_DIR": str(tmp_path)}
    ended = await asyncio.to_thread(CliRunner().invoke, app, ["migrate"], env=env)

    assert ended.exit_code == 1
    assert ended.stderr == (
        "The database is not in Unicode, and takes few of the scripts that people write in: make"
        " one with ENCODING 'UTF8' TEMPLATE template0.\n"
    )


async def test_the_doctor_finds_it_where_its_tables_are_older_than_that_rule(
    latin: DatabaseUrls, database: Database, keys: Keyring
) -> None:
    owner = create_async_engine(latin.owner_url, poolclass=NullPool)
    async with owner.begin() as connection:
        await connection.run_sync(upgrade)
    beside = Database(latin.run_url, keys, Clock(), Wakes())
    async with beside.begin(SERVICE) as session:
        check = await _server(session)
    await beside.close()
    async with database.begin(SERVICE) as session:
        unicode = await _server(session)

    assert not check.ok
    assert check.detail == "not in Unicode: some scripts that people write in are refused"
    assert "Unicode" not in unicode.detail
