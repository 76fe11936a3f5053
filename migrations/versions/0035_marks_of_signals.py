"""How grave signals really were"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signal_mark",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=True),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("said", sa.String(32), nullable=False),
        sa.Column("meant", sa.String(32), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_signal_mark_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["case_event.id"],
            name=op.f("fk_signal_mark_event_id_case_event"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_signal_mark_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_signal_mark_staff_id_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_mark")),
    )
    op.create_index(op.f("ix_signal_mark_case_id"), "signal_mark", ["case_id"])
    op.create_index(op.f("ix_signal_mark_organisation_id"), "signal_mark", ["organisation_id"])
    op.create_index(
        "uq_signal_mark_event_id",
        "signal_mark",
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("event_id IS NOT NULL"),
    )
    op.execute("ALTER TABLE signal_mark ENABLE ROW LEVEL SECURITY")
    # Like a case's history: it is there for whoever sees the case.
    op.execute(
        "CREATE POLICY scope ON signal_mark TO wayhome_app"
        " USING ((SELECT wayhome_service())"
        ' OR EXISTS (SELECT FROM "case" c WHERE c.id = signal_mark.case_id))'
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON signal_mark TO wayhome_app")


def downgrade() -> None:
    op.drop_table("signal_mark")
