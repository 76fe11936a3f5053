"""Safeguarding's words that never arrive stop no reminder"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index, remove_index

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "complaint_message", sa.Column("outbox_id", sa.UUID(), nullable=True), if_not_exists=True
    )
    op.add_column(
        "complaint_message",
        sa.Column("unreached_at", sa.DateTime(timezone=True), nullable=True),
        if_not_exists=True,
    )
    build_index(
        "ix_complaint_message_outbox_id",
        "complaint_message",
        ("outbox_id",),
        "outbox_id IS NOT NULL",
    )


def downgrade() -> None:
    remove_index("ix_complaint_message_outbox_id", "complaint_message")
    op.drop_column("complaint_message", "unreached_at")
    op.drop_column("complaint_message", "outbox_id")
