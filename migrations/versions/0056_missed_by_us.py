"""Whom we failed to ask lately is found by an index, however many were asked"""

from migrations.indexes import build_index, remove_index

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_NAME = "ix_check_in_missed_by_us"


def upgrade() -> None:
    build_index(_NAME, "check_in", ("organisation_id", "due_at"), "state = 'missed-by-us'")


def downgrade() -> None:
    remove_index(_NAME, "check_in")
