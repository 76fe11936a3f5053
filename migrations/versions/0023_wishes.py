"""Whom somebody wishes to be helped by, and what they avoid"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "safety", sa.Column("wishes", sa.LargeBinary(), nullable=True), if_not_exists=True
    )
    op.add_column("staff", sa.Column("gender", sa.String(32), nullable=True), if_not_exists=True)


def downgrade() -> None:
    op.drop_column("staff", "gender")
    op.drop_column("safety", "wishes")
