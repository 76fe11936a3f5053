"""Indexes on tables that are in use."""

from typing import Any

import sqlalchemy as sa
from alembic import op


def build_index(
    name: str,
    table: str,
    columns: tuple[Any, ...],
    where: str | None = None,
    *,
    unique: bool = False,
) -> None:
    """Holds up nobody who writes meanwhile. Where everything happens in one transaction, as in a
    restore, nobody is there to be held up.
    """
    chosen = sa.text(where) if where else None
    context = op.get_context()
    if context.config is not None and context.config.attributes["at_once"]:
        op.create_index(name, table, columns, unique=unique, postgresql_where=chosen)
        return
    with context.autocommit_block():
        # Others don't wait for a build, so it may itself wait for theirs.
        op.execute("SET lock_timeout = 0")
        # One that was broken off leaves an index that no query uses.
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
        op.create_index(
            name,
            table,
            columns,
            unique=unique,
            postgresql_where=chosen,
            postgresql_concurrently=True,
        )
        op.execute("RESET lock_timeout")


def remove_index(name: str, table: str) -> None:
    """Holds up nobody either."""
    context = op.get_context()
    if context.config is not None and context.config.attributes["at_once"]:
        op.drop_index(name, table)
        return
    with context.autocommit_block():
        # Nor for this one, which lies there unused if it is given up.
        op.execute("SET lock_timeout = 0")
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
        op.execute("RESET lock_timeout")
