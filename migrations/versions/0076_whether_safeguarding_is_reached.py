"""When administrators were told that alerts don't reach everybody who hears complaints"""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    told_at = sa.Column("safeguarding_missed_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("organisation", told_at)


def downgrade() -> None:
    op.drop_column("organisation", "safeguarding_missed_at")
