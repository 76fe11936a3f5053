"""When a case last came: the newest that waits for anybody is found by it

An older replica does not write it: of what comes through it while both run, a queue that is open
shows the case and makes no sound.
"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index, remove_index

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None


def upgrade() -> None:
    came = sa.Column("came_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("case", came, if_not_exists=True)
    build_index(
        "ix_case_came",
        "case",
        ("organisation_id", "came_at"),
        "state = 'open' AND came_at IS NOT NULL",
    )


def downgrade() -> None:
    remove_index("ix_case_came", "case")
    op.drop_column("case", "came_at")
