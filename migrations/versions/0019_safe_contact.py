"""What to do about silence, whether hours are still right, and a new phone"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index
from migrations.walls import keep_apart

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "new_phone",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("proposed_by", sa.UUID(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("confirmed_by", sa.UUID(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["confirmed_by"],
            ["staff.id"],
            name=op.f("fk_new_phone_confirmed_by_staff"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_new_phone_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["staff.id"],
            name=op.f("fk_new_phone_proposed_by_staff"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_new_phone_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_new_phone")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_new_phone_code_hash")),
    )
    op.create_index(op.f("ix_new_phone_returnee_id"), "new_phone", ["returnee_id"])
    op.execute("ALTER TABLE new_phone ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON new_phone TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON new_phone TO wayhome_app")
    keep_apart("new_phone")
    for column in (
        sa.Column("silence", sa.String(32), server_default="write-once", nullable=False),
        sa.Column("other", sa.LargeBinary(), nullable=True),
        sa.Column("other_until", INSTANT, nullable=True),
        sa.Column("ask_hours_at", INSTANT, nullable=True),
    ):
        op.add_column("safety", column, if_not_exists=True)
    build_index("ix_safety_ask_hours_at", "safety", ("ask_hours_at",), None)


def downgrade() -> None:
    op.drop_index("ix_safety_ask_hours_at", "safety")
    for column in ("ask_hours_at", "other_until", "other", "silence"):
        op.drop_column("safety", column)
    op.drop_table("new_phone")
