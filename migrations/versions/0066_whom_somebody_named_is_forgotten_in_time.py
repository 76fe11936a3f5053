"""Whom somebody named for a time is found when it is over, however many people there are"""

from migrations.indexes import build_index, remove_index

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_safety_other_until", "safety", ("other_until",), "other_until IS NOT NULL")


def downgrade() -> None:
    remove_index("ix_safety_other_until", "safety")
