"""Which stage of their pathway somebody has come to"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("on_pathway", sa.Column("stage", sa.String(), nullable=True))
    # The tick then looks at everybody once.
    due = sa.text("'2000-01-01T00:00:00Z'")
    until = sa.Column("stage_until", sa.DateTime(timezone=True), server_default=due, nullable=True)
    op.add_column("on_pathway", until)


def downgrade() -> None:
    op.drop_column("on_pathway", "stage_until")
    op.drop_column("on_pathway", "stage")
