"""Campaigns that ask again and again, or so many days after each return"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("schedule", postgresql.JSONB(), nullable=True),
    sa.Column("second_prompt", sa.Boolean(), server_default=sa.text("true"), nullable=False),
    sa.Column("plan_at", INSTANT, nullable=True),
    sa.Column("occasion", sa.String(), nullable=True),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("campaign", column)


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_column("campaign", column.name)
