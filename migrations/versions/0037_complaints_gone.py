"""Complaints that went with a forgotten person are found in the ledger"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_audit_entry_complaint_gone",
        "audit_entry",
        ["organisation_id", "at"],
        postgresql_where=sa.text("action = 'complaint.gone'"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_entry_complaint_gone", table_name="audit_entry")
