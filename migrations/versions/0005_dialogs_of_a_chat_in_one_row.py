"""All dialogs of a chat lie in one row, whose name of a screen nobody reads any more"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
contracts_since = "0003"


def upgrade() -> None:
    # What lay in the rows of before was only where a menu stood: it opens anew.
    op.execute("DELETE FROM dialog_state WHERE state IS NOT NULL OR data IS NULL")
    op.drop_column("dialog_state", "state")
    op.alter_column("dialog_state", "data", nullable=False)


def downgrade() -> None:
    op.alter_column("dialog_state", "data", nullable=True)
    op.add_column("dialog_state", sa.Column("state", sa.String(), nullable=True))
