"""In which complaint somebody confides now, since there can be one with each organisation, and when
a colleague was last heard of in Telegram, so that what tells late of a block blocks nobody anew
"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "returnee", sa.Column("confides_in", sa.UUID(), nullable=True), if_not_exists=True
    )
    op.add_column(
        "staff",
        sa.Column("telegram_heard_at", sa.DateTime(timezone=True), nullable=True),
        if_not_exists=True,
    )


def downgrade() -> None:
    op.drop_column("staff", "telegram_heard_at")
    op.drop_column("returnee", "confides_in")
