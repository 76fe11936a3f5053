"""A stop word, known by its hashes, and the sentences that were agreed on"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("safety", sa.Column("stop_word", sa.LargeBinary(), nullable=True))
    op.add_column("safety", sa.Column("stop_signs", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("safety", "stop_signs")
    op.drop_column("safety", "stop_word")
