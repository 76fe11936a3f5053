"""Migrations of a version yet to come."""

import shutil
from pathlib import Path
from textwrap import dedent, indent

import pytest

from storage import schema

NEXT = "9001"

GROWS = """
for table in ("inbox", "outbox", "returnee", "case"):
    later = sa.Column("later", sa.String(), nullable=True)
    counted = sa.Column("counted", sa.Integer(), nullable=False, server_default="0")
    op.add_column(table, later, if_not_exists=True)
    op.add_column(table, counted, if_not_exists=True)
build_index("ix_inbox_later", "inbox", ("later",))
build_index("ix_outbox_later", "outbox", ("later",), "later IS NOT NULL")
op.create_table("yet_to_come", sa.Column("id", sa.UUID(), primary_key=True))
op.execute("ALTER TABLE yet_to_come ENABLE ROW LEVEL SECURITY")
op.execute("GRANT SELECT, INSERT ON yet_to_come TO wayhome_app")
"""

MODULE = """
import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index

revision = "{revision}"
down_revision = "{before}"
{more}

def upgrade():
{body}


def downgrade():
    raise NotImplementedError
"""


def bring_next(
    folder: Path, patch: pytest.MonkeyPatch, body: str = GROWS, more: str = "", number: str = NEXT
) -> None:
    """From now on this process knows one more revision; others on the same database do not."""
    before = schema.newest()
    # Not where a process in that folder would import it from.
    copy = folder / number / "migrations"
    shutil.copytree(schema._MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "versions" / f"{number}_yet_to_come.py").write_text(
        MODULE.format(revision=number, before=before, more=more, body=indent(dedent(body), "    "))
    )
    patch.setattr(schema, "_MIGRATIONS", copy)
