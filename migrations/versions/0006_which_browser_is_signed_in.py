"""A signed-in browser says what make it is, so that its owner tells their own from a stranger's"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "staff_session", sa.Column("browser", sa.String(), nullable=True), if_not_exists=True
    )


def downgrade() -> None:
    op.drop_column("staff_session", "browser")
