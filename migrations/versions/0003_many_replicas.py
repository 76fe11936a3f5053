"""Many replicas: who has what, what is held, what was said already, and what went wrong"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index, remove_index

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
_COLUMNS = (
    ("inbox", "error", sa.String()),
    ("outbox", "taker", sa.Integer()),
    ("outbox", "sameness", sa.LargeBinary()),
    ("outbox_lane", "closed_until", INSTANT),
)
_INDEXES = (
    ("ix_inbox_set_aside_at", "inbox", ("set_aside_at",), "set_aside_at IS NOT NULL"),
    ("ix_outbox_held", "outbox", ("not_before",), "state = 'held'"),
    ("ix_outbox_leased", "outbox", ("taker",), "leased_until IS NOT NULL"),
    ("ix_outbox_sameness", "outbox", ("sameness", "created_at"), "sameness IS NOT NULL"),
    (
        "ix_outbox_to_sweep",
        "outbox",
        ("finished_at",),
        "finished_at IS NOT NULL AND case_id IS NULL",
    ),
    ("ix_outbox_case_id", "outbox", ("case_id",), "case_id IS NOT NULL"),
    ("ix_outbox_lane_closed_until", "outbox_lane", ("closed_until",), None),
)


def upgrade() -> None:
    for table, column, kind in _COLUMNS:
        op.add_column(table, sa.Column(column, kind, nullable=True), if_not_exists=True)
    # An older replica holds a row by its time alone; whatever it holds is judged again in time.
    op.execute("UPDATE outbox SET state = 'held' WHERE state = 'waiting' AND held IS NOT NULL")
    for name, table, columns, where in _INDEXES:
        build_index(name, table, columns, where)
    # Its place is taken by the narrower ix_outbox_to_sweep.
    remove_index("ix_outbox_finished_at", "outbox")


def downgrade() -> None:
    op.create_index(
        "ix_outbox_finished_at",
        "outbox",
        ["finished_at"],
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    for name, table, _, _ in reversed(_INDEXES):
        op.drop_index(name, table)
    op.execute("UPDATE outbox SET state = 'waiting' WHERE state = 'held'")
    for table, column, _ in reversed(_COLUMNS):
        op.drop_column(table, column)
