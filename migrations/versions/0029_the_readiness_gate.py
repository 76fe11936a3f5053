"""Check-ins and stop words wait for a rota and a drill"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _wall(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY scope ON {table} TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wayhome_app")


def upgrade() -> None:
    op.create_table(
        "drill",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("started_by", sa.UUID(), nullable=True),
        sa.Column("answer_by", INSTANT, nullable=False),
        sa.Column("passed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_drill_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["started_by"],
            ["staff.id"],
            name=op.f("fk_drill_started_by_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
    )
    op.create_index(
        "ix_drill_organisation_id_started_at", "drill", ["organisation_id", "started_at"]
    )
    _wall("drill")
    op.create_table(
        "drill_call",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("drill_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_drill_call_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["drill_id"],
            ["drill.id"],
            name=op.f("fk_drill_call_drill_id_drill"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_drill_call_staff_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_call")),
    )
    for column in ("organisation_id", "drill_id", "staff_id"):
        op.create_index(op.f(f"ix_drill_call_{column}"), "drill_call", [column])
    _wall("drill_call")
    for name in ("gated_at", "ready_until"):
        op.add_column("organisation", sa.Column(name, INSTANT, nullable=True), if_not_exists=True)


def downgrade() -> None:
    for name in ("ready_until", "gated_at"):
        op.drop_column("organisation", name)
    op.drop_table("drill_call")
    op.drop_table("drill")
