"""Whose a task of a pathway is, and when the team is told of it again"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index, remove_index

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("staff_id", sa.Uuid(), nullable=True), if_not_exists=True)
    again = sa.Column("tell_again_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("task", again, if_not_exists=True)
    build_index("ix_task_staff_id", "task", ("staff_id",), "staff_id IS NOT NULL")


def downgrade() -> None:
    remove_index("ix_task_staff_id", "task")
    op.drop_column("task", "tell_again_at")
    op.drop_column("task", "staff_id")
