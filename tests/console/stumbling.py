"""Tables that throw back whoever writes."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.postgres import DatabaseUrls

_STUMBLES = """
CREATE SEQUENCE tries;
CREATE FUNCTION stumbles() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    IF nextval('tries') <= {times} THEN RAISE {why}; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stumbles BEFORE INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION stumbles()
"""


async def stumbles(urls: DatabaseUrls, table: str, times: int, why: str) -> None:
    """Whoever puts a row into that table is thrown back so many times."""
    engine = create_async_engine(urls.owner_url, poolclass=NullPool)
    async with engine.begin() as connection:
        for statement in _STUMBLES.format(table=table, times=times, why=why).split(";\nCREATE"):
            begins = "" if statement.lstrip().startswith("CREATE") else "CREATE"
            await connection.execute(text(begins + statement))
    await engine.dispose()
