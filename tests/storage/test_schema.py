"""Migrations run up and down, match the models, and wall every table."""

from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Index, PrimaryKeyConstraint, Table, UniqueConstraint, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from storage.schema import migrate, newest, revision
from storage.sessions import Database
from storage.tables.every import Base
from tests.postgres import DatabaseUrls
from tests.storage.filling import fill

PUBLIC = {table.name for table in Base.metadata.sorted_tables if table.info["scope"] == "public"}
WALLED = sorted(set(Base.metadata.tables) - PUBLIC)
NAMING_A_PERSON = sorted(
    table.name
    for table in Base.metadata.sorted_tables
    if "returnee_id" in table.columns
    and (table.info["scope"] == "organisation" or table.name == "case")
)
# No row of these goes for good.
STAYING = {"organisation", "staff"}
OURS, STAFF = uuid4(), uuid4()


async def test_migrations_run_up_and_down_and_up_again(empty_database: DatabaseUrls) -> None:
    await migrate(empty_database.owner_url)
    await migrate(empty_database.owner_url, "base")
    await migrate(empty_database.owner_url)

    engine = create_async_engine(empty_database.owner_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(revision) == newest()
    await engine.dispose()


async def test_migrations_match_the_models(urls: DatabaseUrls) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))

    engine = create_async_engine(urls.owner_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


def test_what_points_to_a_row_that_may_go_is_found_by_an_index() -> None:
    """PostgreSQL looks for it once for each row that goes."""
    unfound = [
        str(key.parent)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name not in STAYING and key.parent.name not in first_in_indexes(table)
    ]

    assert unfound == []


def first_in_indexes(table: Table) -> set[str]:
    uniques = (each for each in table.constraints if isinstance(each, UniqueConstraint))
    sorted_by: list[PrimaryKeyConstraint | UniqueConstraint | Index]
    sorted_by = [table.primary_key, *uniques, *table.indexes]
    return {next(iter(each.columns)).name for each in sorted_by if each.columns}


async def test_every_table_has_row_level_security_unless_it_is_declared_public(
    database: Database,
) -> None:
    async with database.begin("service") as session:
        walled = await session.scalars(
            text(
                "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relrowsecurity"
                " AND relnamespace = 'public'::regnamespace"
            )
        )

    assert sorted(walled) == WALLED


@pytest.mark.parametrize("table", NAMING_A_PERSON)
async def test_p10_a_table_that_names_a_person_hides_them_from_staff_kept_apart_from_them(
    database: Database, urls: DatabaseUrls, table: str
) -> None:
    """By migrations/walls.py. What belongs to a case or a person is hidden with it."""
    await fill(urls, table)
    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        row = await connection.execute(text(f'SELECT returnee_id FROM "{table}"'))
        await connection.execute(
            text(
                "INSERT INTO conflict (id, organisation_id, returnee_id, staff_id, kind,"
                " recorded_at) VALUES (gen_random_uuid(), gen_random_uuid(), :person, :staff,"
                " 'excluded', now())"
            ),
            {"person": row.scalar_one(), "staff": STAFF},
        )
        await connection.execute(
            text(f'UPDATE "{table}" SET organisation_id = :ours'), {"ours": OURS}
        )
    await engine.dispose()

    seen = []
    for staff in (None, STAFF):
        async with database.begin(OURS, staff) as session:
            seen.append(await session.scalar(text(f'SELECT count(*) FROM "{table}"')))
    assert seen == [1, 0]


@pytest.mark.parametrize("table", WALLED)
async def test_without_a_scope_a_walled_table_shows_no_row_and_takes_none(
    database: Database, urls: DatabaseUrls, table: str
) -> None:
    await fill(urls, table)

    for scope in ("", "nonsense", "00000000-0000-0000-0000-000000000000"):
        async with database.begin(scope) as session:
            assert await session.scalar(text(f'SELECT count(*) FROM "{table}"')) == 0
    async with database.begin("service") as session:
        assert await session.scalar(text(f'SELECT count(*) FROM "{table}"')) == 1


@pytest.mark.parametrize(
    ("ledger", "column"),
    [("audit_entry", "at"), ("audit_seal", "hash"), ("case_event", "at"), ("consent", "given_at")],
)
async def test_the_application_can_neither_change_nor_remove_a_line_of_a_ledger(
    database: Database, ledger: str, column: str
) -> None:
    change, remove = f'UPDATE "{ledger}" SET {column} = null', f'DELETE FROM "{ledger}"'
    for statement in (change, remove, f'TRUNCATE "{ledger}" CASCADE'):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.begin("service") as session:
                await session.execute(text(statement))
