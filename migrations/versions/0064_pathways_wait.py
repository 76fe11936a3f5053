"""After a restore pathways wait for a coordinator"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    since = sa.Column("pathways_wait_since", sa.DateTime(timezone=True), nullable=True)
    op.add_column("organisation", since, if_not_exists=True)


def downgrade() -> None:
    op.drop_column("organisation", "pathways_wait_since")
