"""Complaints that went with a forgotten person are found in the ledger"""

from migrations.indexes import build_index, remove_index

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


_NAME, _TABLE = "ix_audit_entry_complaint_gone", "audit_entry"


def upgrade() -> None:
    build_index(_NAME, _TABLE, ("organisation_id", "at"), "action = 'complaint.gone'")


def downgrade() -> None:
    remove_index(_NAME, _TABLE)
