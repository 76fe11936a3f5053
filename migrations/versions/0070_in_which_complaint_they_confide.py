"""In which complaint somebody confides now, since there can be one with each organisation"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "returnee", sa.Column("confides_in", sa.UUID(), nullable=True), if_not_exists=True
    )


def downgrade() -> None:
    op.drop_column("returnee", "confides_in")
