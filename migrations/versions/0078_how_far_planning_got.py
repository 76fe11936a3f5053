"""How far the planning of a check-in got is forgotten once it is there: it is a pseudonym"""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE campaign SET planned_to = NULL WHERE planned_to IS NOT NULL"
        " AND (planned_at IS NOT NULL OR state = 'stopped')"
    )


def downgrade() -> None:
    """The releases before do without it, too."""
