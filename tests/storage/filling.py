"""Tables with something in them, whatever it may mean."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.tables.every import Base
from tests.postgres import DatabaseUrls


async def fill(urls: DatabaseUrls, table: str) -> None:
    """One row of made-up values, put in past all constraints by the owner."""
    columns = [
        column
        for column in Base.metadata.tables[table].columns
        if column.identity is None and column.computed is None
    ]
    made_up = {
        "UUID": "gen_random_uuid()",
        "DATETIME": "now()",
        "DATE": "now()",
        "TIME": "'09:00'",
        "ARRAY": "'{}'",
        "BLOB": "'x'::bytea",
        "JSONB": "'{}'::jsonb",
        "JSON": "'{}'::jsonb",
        "BOOLEAN": "true",
    }
    values = []
    for column in columns:
        name = type(column.type).__name__.upper()
        kind = {"LARGEBINARY": "BLOB", "INTEGER": "INT", "BIGINTEGER": "INT", "FLOAT": "INT"}
        values.append(made_up.get(kind.get(name, name), "'1'"))
    names = ", ".join(f'"{column.name}"' for column in columns)
    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(
            text(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(values)})')
        )
    await engine.dispose()
