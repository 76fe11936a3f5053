"""Until when somebody's pathway asks"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("on_pathway", sa.Column("asks_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("on_pathway", "asks_until")
