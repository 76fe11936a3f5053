"""What each organisation decided for a child, one beside the other"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import keep_apart

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "child_decision",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("decision", sa.LargeBinary(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        _reference("returnee_id", "returnee", "CASCADE"),
        _reference("organisation_id", "organisation"),
        _reference("worker_id", "staff", "CASCADE"),
        _reference("decided_by", "staff", "SET NULL"),
        sa.PrimaryKeyConstraint("returnee_id", "organisation_id", name=op.f("pk_child_decision")),
    )
    op.create_index(op.f("ix_child_decision_worker_id"), "child_decision", ["worker_id"])
    op.execute("ALTER TABLE child_decision ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON child_decision TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON child_decision TO wayhome_app")
    keep_apart("child_decision")


def _reference(column: str, table: str, ondelete: str | None = None) -> sa.Constraint:
    name = op.f(f"fk_child_decision_{column}_{table}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    op.drop_table("child_decision")
