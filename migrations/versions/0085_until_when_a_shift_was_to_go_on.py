"""Whoever said off by mistake has the rest of their shift back when they say on"""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shift", sa.Column("was_to_end_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("shift", "was_to_end_at")
