"""When an invite was withdrawn by those who gave it out"""

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    withdrawn = sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("invite", withdrawn, if_not_exists=True)


def downgrade() -> None:
    op.drop_column("invite", "withdrawn_at")
