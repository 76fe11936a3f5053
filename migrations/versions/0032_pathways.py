"""Pathways, who is on one, and what they tell people and ask of the staff"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.indexes import build_index, remove_index
from migrations.walls import keep_apart

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OF_PERSONS = ("on_pathway", "information", "task")


def upgrade() -> None:
    op.create_table(
        "pathway",
        _id(),
        _organisation("pathway"),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        _staff("pathway", "written_by"),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway")),
        sa.UniqueConstraint(
            "organisation_id", "key", "version", name=op.f("uq_pathway_organisation_id_key_version")
        ),
    )
    op.create_table(
        "on_pathway",
        _returnee("on_pathway"),
        _organisation("on_pathway"),
        sa.Column("pathway", sa.String(), nullable=False),
        sa.Column("days", sa.LargeBinary(), nullable=True),
        sa.Column("chosen", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("paused_why", sa.String(), nullable=True),
        sa.Column("moves_to", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("returnee_id", "organisation_id", name=op.f("pk_on_pathway")),
    )
    op.create_index(
        "ix_on_pathway_moves_to",
        "on_pathway",
        ["moves_to"],
        postgresql_where=sa.text("moves_to IS NOT NULL"),
    )
    op.create_index(
        "ix_on_pathway_organisation_id_pathway", "on_pathway", ["organisation_id", "pathway"]
    )
    op.create_table(
        "information",
        _id(),
        _organisation("information"),
        _returnee("information"),
        *_step(),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("planned_for", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("outbox_id", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information")),
        _once("information"),
    )
    op.create_index(
        "ix_information_due",
        "information",
        ["due_at"],
        postgresql_where=sa.text("state IN ('planned', 'held')"),
    )
    op.create_index(
        "ix_information_sending",
        "information",
        ["due_at"],
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_table(
        "task",
        _id(),
        _organisation("task"),
        _returnee("task"),
        *_step(),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        _staff("task", "done_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        _once("task"),
    )
    op.create_index(
        "ix_task_open",
        "task",
        ["organisation_id", "due_at", "id"],
        postgresql_where=sa.text("done_at IS NULL"),
    )
    for table in ("pathway", *OF_PERSONS):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO wayhome_app USING ((SELECT wayhome_service())"
            " OR organisation_id = (SELECT wayhome_organisation()))"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wayhome_app")
    for table in OF_PERSONS:
        keep_apart(table)
    op.add_column("check_in", sa.Column("pathway", sa.String(), nullable=True), if_not_exists=True)
    op.add_column("check_in", sa.Column("planned_for", INSTANT, nullable=True), if_not_exists=True)
    op.add_column("invite", sa.Column("pathway", sa.String(), nullable=True), if_not_exists=True)
    build_index(
        "uq_check_in_pathway",
        "check_in",
        ("returnee_id", "organisation_id", "pathway", "step", "version"),
        "pathway IS NOT NULL",
        unique=True,
    )


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.UUID(), nullable=False)


def _organisation(table: str) -> sa.Column[object]:
    return sa.Column(
        "organisation_id",
        sa.UUID(),
        sa.ForeignKey("organisation.id", name=f"fk_{table}_organisation_id_organisation"),
        nullable=False,
    )


def _returnee(table: str) -> sa.Column[object]:
    return sa.Column(
        "returnee_id",
        sa.UUID(),
        sa.ForeignKey("returnee.id", name=f"fk_{table}_returnee_id_returnee", ondelete="CASCADE"),
        nullable=False,
    )


def _staff(table: str, column: str) -> sa.Column[object]:
    return sa.Column(
        column,
        sa.UUID(),
        sa.ForeignKey("staff.id", name=f"fk_{table}_{column}_staff", ondelete="SET NULL"),
        nullable=True,
    )


def _step() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("pathway", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
    )


def _once(table: str) -> sa.UniqueConstraint:
    columns = ("returnee_id", "organisation_id", "pathway", "step", "version")
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def downgrade() -> None:
    remove_index("uq_check_in_pathway", "check_in")
    op.drop_column("invite", "pathway")
    op.drop_column("check_in", "planned_for")
    op.drop_column("check_in", "pathway")
    for table in ("task", "information", "on_pathway", "pathway"):
        op.drop_table(table)
