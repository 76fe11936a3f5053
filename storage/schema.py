"""The shape of the database, and how it is brought up to date.

Replicas of the version before go on working meanwhile and afterwards:
docs/decisions/0009-expand-then-contract.md.
"""

import asyncio
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.connections import connect
from storage.sqlstates import sqlstate_of

VERSION_TABLE = "alembic_version"
_MIGRATIONS = Path(__file__).parent.parent / "migrations"
# Whoever comes after a waiting ALTER TABLE waits, too: so it gives up soon and tries again. The
# build of an index takes as long as it takes, whatever whoever runs the server allows others.
_LOCK_PATIENCE = {"lock_timeout": "1s", "statement_timeout": "0"}
_TRIES = 20
_PAUSE = 2.0
# Lock not available, deadlock detected.
_IN_USE = ("55P03", "40P01")
# Whoever holds this advisory lock migrates. It is asked for and not waited for, since the build of
# an index waits for whoever waits.
_MIGRATES = text(f"SELECT pg_try_advisory_lock({0x4D494752})")


class TablesInUse(Exception):
    """Somebody, such as a backup, used the tables all the time."""


class NotUnicode(Exception):
    """The database was made with another encoding, which takes few of the scripts people write."""


class TablesContracted(Exception):
    """Something is gone from newer tables that this code still uses."""


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["at_once"] = connection.in_transaction()
    config.attributes["noting"] = _note_what_is_gone
    return config


def newest() -> str:
    """The revision that this code needs."""
    return _revisions(_MIGRATIONS)[0]


def is_known(found: str) -> bool:
    """False for tables of a newer version than this code."""
    return found in _revisions(_MIGRATIONS)


@cache
def _revisions(folder: Path) -> tuple[str, ...]:
    """All in that folder, the newest first: read once, since /readyz asks again and again."""
    return tuple(script.revision for script in ScriptDirectory(str(folder)).walk_revisions())


def is_older(found: str | None) -> bool:
    """Whether tables of that revision need `wayhome migrate`. One that this code has never heard
    of belongs to a newer one, which is being rolled out.
    """
    return found is None or (is_known(found) and found != newest())


def revision(connection: Connection) -> str | None:
    """The revision that the database has; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def is_contracted(connection: Connection) -> bool:
    """Whether something is gone from newer tables that this code still uses."""
    since = connection.scalar(text(f"SELECT obj_description('{VERSION_TABLE}'::regclass)"))
    return since is not None and newest() < since


async def migrate(owner_url: str, to: str = "head") -> str | None:
    """Brings the database to a revision, as its owner, and returns where it is then.

    Does nothing when it is there already, or newer than this code knows: whoever goes back to this
    version works on what the newer one left. Holds up nobody for longer than a second. Raises
    TablesInUse, TablesContracted and NotUnicode.
    """
    engine = create_async_engine(
        owner_url,
        hide_parameters=True,
        connect_args={"async_creator_fn": connect, "server_settings": _LOCK_PATIENCE},
    )
    try:
        async with engine.connect() as connection:
            return await _migrate_patiently(connection, to)
    finally:
        await engine.dispose()


async def _migrate_patiently(connection: AsyncConnection, to: str) -> str | None:
    """Once nobody else migrates, and nobody holds a table that has to change."""
    for _ in range(_TRIES):
        try:
            if await connection.scalar(_MIGRATES):
                return await connection.run_sync(_run, to)
        except DBAPIError as error:
            if sqlstate_of(error) not in _IN_USE:
                raise
            await connection.rollback()
            # The build of an index may have ended before it could do so.
            await connection.execute(text("RESET lock_timeout"))
        await connection.commit()
        await asyncio.sleep(_PAUSE)
    raise TablesInUse


def _run(connection: Connection, to: str) -> str | None:
    """Each revision in its own transaction."""
    ensure_unicode(connection)
    found = revision(connection)
    newer = found is not None and not is_known(found)
    if newer and is_contracted(connection):
        raise TablesContracted
    connection.rollback()
    if newer:
        return found
    if to == "base":
        command.downgrade(_config(connection), to)
    else:
        upgrade(connection, to)
    connection.commit()
    return revision(connection)


def ensure_unicode(connection: Connection) -> None:
    """Raises NotUnicode."""
    if connection.scalar(text("SHOW server_encoding")) != "UTF8":
        raise NotUnicode


def upgrade(connection: Connection, to: str = "head") -> None:
    """To a revision; within the connection's transaction, where it is in one."""
    command.upgrade(_config(connection), to)


def _note_what_is_gone(*, ctx: MigrationContext, step: MigrationInfo, **_: object) -> None:
    """In the transaction of each revision: somebody may be in the way of the next one."""
    assert ctx.connection is not None
    assert ctx.script is not None
    if not step.is_upgrade:
        return
    since = max(
        getattr(script.module, "contracts_since", "")
        for script in ctx.script.walk_revisions(head=step.up_revision_id or "base")
    )
    if since:
        ctx.connection.execute(text(f"COMMENT ON TABLE {VERSION_TABLE} IS '{since}'"))
