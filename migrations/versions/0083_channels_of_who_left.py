"""Addresses of colleagues whose access had ended before that took their own channels along"""

from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "DELETE FROM alert_channel USING staff"
        " WHERE staff.id = alert_channel.staff_id AND staff.disabled_at IS NOT NULL"
    )


def downgrade() -> None:
    """What is gone stays gone."""
