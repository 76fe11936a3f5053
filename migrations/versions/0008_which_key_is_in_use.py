"""Which key is in use, for every transaction to read as it begins"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_in_use",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("oldest", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_key_in_use")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON key_in_use TO wayhome_app")
    # Read in the very statement that becomes wayhome_app, so still by whoever logged in.
    op.execute("GRANT SELECT ON key_in_use TO PUBLIC")
    op.execute(
        "INSERT INTO key_in_use SELECT number, fingerprint, (SELECT min(number) FROM key_epoch)"
        " FROM key_epoch ORDER BY number DESC LIMIT 1"
    )


def downgrade() -> None:
    op.drop_table("key_in_use")
