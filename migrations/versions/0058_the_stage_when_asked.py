"""The stage of their pathway that people were at when a check-in asked them"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("check_in", sa.Column("stage", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("check_in", "stage")
