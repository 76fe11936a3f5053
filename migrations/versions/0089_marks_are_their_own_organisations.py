"""How grave a signal really was is for the organisation alone whose case it is, not for one that
reads along
"""

from alembic import op

from migrations.walls import keep_to_itself

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None
# Since the history of another organisation's case is walled off, nobody comes to its marks.
contracts_since = "0070"


def upgrade() -> None:
    keep_to_itself("signal_mark")


def downgrade() -> None:
    op.execute("DROP POLICY own ON signal_mark")
