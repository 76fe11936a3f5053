"""Whoever confides that they are a child is one to us, and the team learns nothing of it"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("returnee", sa.Column("child_in", sa.UUID(), nullable=True))


def downgrade() -> None:
    op.drop_column("returnee", "child_in")
