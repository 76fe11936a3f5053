"""What was silent to the end is missed"""

from migrations.indexes import build_index, remove_index

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_check_in_missed", "check_in", ("silent_at",), "state = 'silent'")


def downgrade() -> None:
    remove_index("ix_check_in_missed", "check_in")
