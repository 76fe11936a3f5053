"""The region of whoever agrees to have it written down"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("returnee", sa.Column("region", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("returnee", "region")
