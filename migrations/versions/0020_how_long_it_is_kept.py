"""How long things are kept: what went, what is looked at again, and who was told"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
_COLUMNS = (
    ("case", "words_forgotten_at"),
    ("case", "reviewed_at"),
    ("returnee", "retention_told_at"),
)


def upgrade() -> None:
    for table, column in _COLUMNS:
        op.add_column(table, sa.Column(column, INSTANT, nullable=True), if_not_exists=True)
    build_index("ix_check_in_organisation_id_due_at", "check_in", ("organisation_id", "due_at"))


def downgrade() -> None:
    op.drop_index("ix_check_in_organisation_id_due_at", "check_in")
    for table, column in reversed(_COLUMNS):
        op.drop_column(table, column)
