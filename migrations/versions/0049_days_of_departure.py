"""Campaigns count from departures, too"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("returnee", sa.Column("departs_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("returnee", "departs_on")
