"""Recordings told in confidence: by when somebody hears them, and when they are forgotten"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index, remove_index

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COLUMNS = (
    ("complaint", "listen_by", INSTANT),
    ("complaint_message", "heard_at", INSTANT),
    ("complaint_message", "heard_by", sa.UUID()),
    ("complaint_message", "forget_at", INSTANT),
)
INDEXES = (
    ("ix_complaint_listen_by", "complaint", "listen_by"),
    ("ix_complaint_message_forget_at", "complaint_message", "forget_at"),
)


def upgrade() -> None:
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True), if_not_exists=True)
    for index, table, column in INDEXES:
        build_index(index, table, (column,), f"{column} IS NOT NULL")


def downgrade() -> None:
    for index, table, _ in INDEXES:
        remove_index(index, table)
    for table, name, _ in reversed(COLUMNS):
        op.drop_column(table, name)
