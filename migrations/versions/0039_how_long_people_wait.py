"""How long people wait for a human, against what was promised"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "wait",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("acted_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_wait_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_wait_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wait")),
    )
    op.create_index(op.f("ix_wait_case_id"), "wait", ["case_id"])
    op.create_index("ix_wait_organisation_id_began_at", "wait", ["organisation_id", "began_at"])
    op.create_index(
        "ix_wait_organisation_id_closed_at",
        "wait",
        ["organisation_id", "closed_at"],
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.execute("ALTER TABLE wait ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON wait TO wayhome_app USING ((SELECT wayhome_service())"
        ' OR EXISTS (SELECT FROM "case" c WHERE c.id = wait.case_id))'
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON wait TO wayhome_app")


def downgrade() -> None:
    op.drop_table("wait")
