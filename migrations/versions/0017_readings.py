"""Who read what nobody had to work on, and why"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import keep_apart

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=True),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("reviewed_at", INSTANT, nullable=True),
        sa.Column("reviewed_by", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_reading_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_reading_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_reading_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_reading_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"],
            ["staff.id"],
            name=op.f("fk_reading_reviewed_by_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index("ix_reading_staff_id_at", "reading", ["staff_id", "at"])
    op.create_index(op.f("ix_reading_returnee_id"), "reading", ["returnee_id"])
    op.create_index(op.f("ix_reading_case_id"), "reading", ["case_id"])
    op.create_index(
        "ix_reading_to_review",
        "reading",
        ["organisation_id", "at"],
        postgresql_where=sa.text("reviewed_at IS NULL"),
    )
    op.execute("ALTER TABLE reading ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON reading TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON reading TO wayhome_app")
    keep_apart("reading")


def downgrade() -> None:
    op.drop_table("reading")
