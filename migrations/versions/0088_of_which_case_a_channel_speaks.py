"""Of which case a channel speaks, so that it is judged as it goes who may still hear of it"""

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "channel_call", sa.Column("of_case", sa.UUID(), nullable=True), if_not_exists=True
    )


def downgrade() -> None:
    op.drop_column("channel_call", "of_case")
