"""Which replica is about to speak to a channel, so that another does when it is dead; and when a
signal was marked is written down no more
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channel_call", sa.Column("taker", sa.Integer(), nullable=True))
    op.alter_column("signal_mark", "marked_at", nullable=True)


def downgrade() -> None:
    op.execute("UPDATE signal_mark SET marked_at = now() WHERE marked_at IS NULL")
    op.alter_column("signal_mark", "marked_at", nullable=False)
    op.drop_column("channel_call", "taker")
