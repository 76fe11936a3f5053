"""Since when an organisation's staff group in Telegram takes no alerts"""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    since = sa.Column("staff_chat_fails_since", sa.DateTime(timezone=True), nullable=True)
    op.add_column("organisation", since, if_not_exists=True)


def downgrade() -> None:
    op.drop_column("organisation", "staff_chat_fails_since")
