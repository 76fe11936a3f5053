"""Which question about a referral was put last: another referral of the case has one of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("referral", sa.Column("question_id", sa.UUID(), nullable=True))


def downgrade() -> None:
    op.drop_column("referral", "question_id")
