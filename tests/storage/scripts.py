"""The steps by which the tables grew, as this code has them."""

from alembic.script import ScriptDirectory

from storage import schema


def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(schema._MIGRATIONS))
