"""Cases that one colleague offers to another"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import keep_apart

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("state = 'offered'")


def upgrade() -> None:
    op.create_table(
        "hand_over",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("from_id", sa.UUID(), nullable=False),
        sa.Column("to_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("offered_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_hand_over_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_hand_over_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_hand_over_organisation_id_organisation"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["staff.id"],
                name=op.f(f"fk_hand_over_{column}_staff"),
                ondelete="CASCADE",
            )
            for column in ("from_id", "to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    op.create_index(op.f("ix_hand_over_case_id"), "hand_over", ["case_id"])
    op.create_index(op.f("ix_hand_over_returnee_id"), "hand_over", ["returnee_id"])
    op.create_index(
        "uq_hand_over_open", "hand_over", ["case_id"], unique=True, postgresql_where=OPEN
    )
    op.create_index("ix_hand_over_to_id", "hand_over", ["to_id"], postgresql_where=OPEN)
    op.execute("ALTER TABLE hand_over ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON hand_over TO wayhome_app"
        " USING ((SELECT wayhome_service()) OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON hand_over TO wayhome_app")
    keep_apart("hand_over")


def downgrade() -> None:
    op.drop_table("hand_over")
