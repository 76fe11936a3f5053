"""The questions for consent that are on their way are found without a look at all the others"""

from alembic import op

from migrations.indexes import build_index

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_renewal_outbox_id", "renewal", ("outbox_id",), "outbox_id IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_renewal_outbox_id", "renewal")
