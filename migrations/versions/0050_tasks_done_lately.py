"""Tasks of pathways that were done lately are found without the years behind them"""

from migrations.indexes import build_index, remove_index

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_task_done", "task", ("organisation_id", "done_at"), "done_at IS NOT NULL")


def downgrade() -> None:
    remove_index("ix_task_done", "task")
