"""Shifts are planned by the week, called off and handed on"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NEW_IDS = ("weekly_shift_id", "time_off_id", "offered_to")


def _new(table: str, *columns: sa.Column[object]) -> None:
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
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f(f"fk_{table}_staff_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in ("organisation_id", "staff_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY scope ON {table} TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wayhome_app")


def upgrade() -> None:
    _new(
        "weekly_shift",
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("planned_to", sa.Date(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
    )
    _new(
        "time_off",
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
    )
    for name in NEW_IDS:
        op.add_column("shift", sa.Column(name, sa.UUID(), nullable=True), if_not_exists=True)
    op.add_column("shift", sa.Column("offered_at", INSTANT, nullable=True), if_not_exists=True)


def downgrade() -> None:
    for name in (*NEW_IDS, "offered_at"):
        op.drop_column("shift", name)
    op.drop_table("time_off")
    op.drop_table("weekly_shift")
