"""The number of an organisation's own file, with a person or on the way to them with an invite"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index, remove_index

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("enrolment", "invite"):
        for name in ("file_number", "file_number_key"):
            column = sa.Column(name, sa.LargeBinary(), nullable=True)
            op.add_column(table, column, if_not_exists=True)
    numbered = "file_number_key IS NOT NULL"
    by_number = ("organisation_id", "file_number_key")
    build_index("ix_enrolment_file_number", "enrolment", by_number, numbered)
    build_index("ix_invite_file_number", "invite", ("expires_at",), numbered)


def downgrade() -> None:
    for table in ("enrolment", "invite"):
        remove_index(f"ix_{table}_file_number", table)
        for name in ("file_number_key", "file_number"):
            op.drop_column(table, name)
