"""The shape of the database, and how it is brought up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

_MIGRATIONS = Path(__file__).parent.parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision that this code needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def is_older(found: str | None) -> bool:
    """Whether tables of that revision need `wayhome migrate`. One that this code has never heard
    of belongs to a newer one, which is being rolled out."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return found is None or (found in known and found != newest())


def revision(connection: Connection) -> str | None:
    """The revision that the database has; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


async def migrate(owner_url: str, to: str = "head") -> None:
    """Brings the database to a revision, as its owner. Does nothing when it is there already."""
    engine = create_async_engine(owner_url, hide_parameters=True)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(lambda sync: _run(sync, to))
    finally:
        await engine.dispose()


def _run(connection: Connection, to: str) -> None:
    """Upgrades, or with "base" takes everything down again."""
    move = command.downgrade if to == "base" else command.upgrade
    move(_config(connection), to)
    connection.commit()
