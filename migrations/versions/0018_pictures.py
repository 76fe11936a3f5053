"""A row of pictures opens a watched phone, and what was read vanishes"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NO = sa.text("false")


def upgrade() -> None:
    op.create_table(
        "picture_lock",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("row", sa.LargeBinary(), nullable=False),
        sa.Column("wrong_rows", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("shut_until", INSTANT, nullable=True),
        sa.Column("open_until", INSTANT, nullable=True),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_picture_lock_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("returnee_id", name=op.f("pk_picture_lock")),
    )
    op.execute("ALTER TABLE picture_lock ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON picture_lock TO wayhome_app USING ((SELECT wayhome_service())"
        " OR EXISTS (SELECT FROM returnee r WHERE r.id = picture_lock.returnee_id))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON picture_lock TO wayhome_app")
    op.add_column(
        "safety", sa.Column("visible", sa.String(32), server_default="nothing", nullable=False)
    )
    op.add_column("trace", sa.Column("theirs", sa.Boolean(), server_default=NO, nullable=False))
    op.add_column("trace", sa.Column("unopened", sa.Boolean(), server_default=NO, nullable=False))


def downgrade() -> None:
    op.drop_column("trace", "unopened")
    op.drop_column("trace", "theirs")
    op.drop_column("safety", "visible")
    op.drop_table("picture_lock")
