"""What somebody of the team owes in a case"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
#: Column, what it points to, and what happens when that goes.
POINTS = (
    ("case_id", "case", "CASCADE"),
    ("organisation_id", "organisation", None),
    ("returnee_id", "returnee", "CASCADE"),
    ("staff_id", "staff", "SET NULL"),
    ("asked_by", "staff", "SET NULL"),
    ("done_by", "staff", "SET NULL"),
)
STAFF = ("staff_id", "asked_by", "done_by")
OWED = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "case_task",
        sa.Column("id", sa.UUID(), nullable=False),
        *(sa.Column(name, sa.UUID(), nullable=name in STAFF) for name, _, _ in POINTS),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{table}.id"], name=op.f(f"fk_case_task_{name}_{table}"), ondelete=goes
            )
            for name, table, goes in POINTS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_task")),
    )
    for column in ("case_id", "organisation_id", "returnee_id"):
        op.create_index(op.f(f"ix_case_task_{column}"), "case_task", [column])
    op.create_index("ix_case_task_owed", "case_task", ["staff_id", "due_at"], postgresql_where=OWED)
    op.create_index(
        "ix_case_task_kind_owed",
        "case_task",
        ["organisation_id", "kind", "due_at"],
        postgresql_where=OWED,
    )
    op.execute("ALTER TABLE case_task ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON case_task TO wayhome_app USING ((SELECT wayhome_service())"
        ' OR EXISTS (SELECT FROM "case" c WHERE c.id = case_task.case_id))'
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON case_task TO wayhome_app")


def downgrade() -> None:
    op.drop_table("case_task")
