"""When somebody last took a block off, so that what tells of it late blocks nobody anew"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "returnee",
        sa.Column("unblocked_at", sa.DateTime(timezone=True), nullable=True),
        if_not_exists=True,
    )


def downgrade() -> None:
    op.drop_column("returnee", "unblocked_at")
