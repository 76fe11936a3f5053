"""A time that the model moves, for the rules and for the database's own clock alike."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

# Functions of PostgreSQL are found in its own schema first, unless a path names it later.
_BENT = """
CREATE SCHEMA model;
CREATE TABLE model.time (base timestamptz NOT NULL, set_at timestamptz NOT NULL);
INSERT INTO model.time VALUES (pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp());
CREATE FUNCTION model.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    'SELECT base + (pg_catalog.clock_timestamp() - set_at) FROM model.time';
CREATE FUNCTION model.now() RETURNS timestamptz LANGUAGE sql STABLE AS
    'SELECT base + (pg_catalog.now() - set_at) FROM model.time';
GRANT USAGE ON SCHEMA model TO PUBLIC;
GRANT SELECT ON model.time TO PUBLIC;
ALTER DATABASE "{database}" SET search_path = model, pg_catalog, public
"""
# A Monday, eleven in the morning in Tirana.
BEGINNING = datetime(2026, 5, 4, 9, tzinfo=UTC)


class Time:
    """Goes on by itself, as time does, from wherever it was set."""

    def __init__(self, owner: AsyncEngine) -> None:
        self._owner = owner
        self._base = self._set_at = datetime.now(UTC)

    @staticmethod
    async def bend(owner: AsyncEngine, database: str) -> None:
        """Once for a database, before anybody else is connected to it."""
        async with owner.begin() as connection:
            for statement in _BENT.format(database=database).split(";"):
                await connection.execute(text(statement))

    @property
    def now(self) -> datetime:
        return self._base + (datetime.now(UTC) - self._set_at)

    async def set(self, moment: datetime) -> None:
        self._base, self._set_at = moment, datetime.now(UTC)
        async with self._owner.begin() as connection:
            await connection.execute(
                text("UPDATE model.time SET base = :base, set_at = pg_catalog.clock_timestamp()"),
                {"base": moment},
            )

    async def pass_by(self, span: timedelta) -> None:
        await self.set(self.now + span)
