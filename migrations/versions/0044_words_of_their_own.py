"""What an organisation listens for besides, and by which version a signal was decided"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _of_organisation(table: str, *columns: sa.Column[object] | sa.Constraint) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f(f"fk_{table}_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY scope ON {table} TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wayhome_app")


def _by(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["staff.id"], name=op.f(f"fk_{table}_{column}_staff"), ondelete="SET NULL"
    )


def upgrade() -> None:
    _of_organisation(
        "lexicon_entry",
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.UUID(), nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("since", sa.Integer(), nullable=True),
        _by("lexicon_entry", "added_by"),
    )
    _of_organisation(
        "lexicon_muting",
        sa.Column("entry_id", sa.UUID(), nullable=True),
        sa.Column("built_in", sa.String(), nullable=True),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("proposed_by", sa.UUID(), nullable=True),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("confirmed_by", sa.UUID(), nullable=True),
        sa.Column("since", sa.Integer(), nullable=True),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["lexicon_entry.id"],
            name=op.f("fk_lexicon_muting_entry_id_lexicon_entry"),
            ondelete="CASCADE",
        ),
        _by("lexicon_muting", "proposed_by"),
        _by("lexicon_muting", "confirmed_by"),
    )
    op.create_index(op.f("ix_lexicon_muting_entry_id"), "lexicon_muting", ["entry_id"])
    op.add_column(
        "organisation",
        sa.Column("lexicon_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("case_event", sa.Column("decided_by", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("case_event", "decided_by")
    op.drop_column("organisation", "lexicon_version")
    op.drop_table("lexicon_muting")
    op.drop_table("lexicon_entry")
