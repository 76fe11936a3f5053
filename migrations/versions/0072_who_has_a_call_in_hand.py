"""Which replica is about to speak to a channel, so that another does when it is dead"""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channel_call", sa.Column("taker", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("channel_call", "taker")
