"""What becomes of a question for consent that is asked anew: the time to answer begins with it"""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("renewal", sa.Column("outbox_id", sa.UUID(), nullable=True))


def downgrade() -> None:
    op.drop_column("renewal", "outbox_id")
