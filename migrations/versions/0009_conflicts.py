"""Who of the staff must see nothing of whom"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import keep_apart

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# What names a person; what belongs to a case or a person goes by the policies of these.
WALLED = ("answer", "case", "check_in", "enrolment", "message", "outbox", "returnee")
# Neither is there for whoever sets no staff, such as the service or an older replica.
STAFF = """
CREATE FUNCTION wayhome_staff() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN current_setting('wayhome.staff', true) ~ '^[0-9a-f-]{36}$'
                THEN current_setting('wayhome.staff', true)::uuid END
$$
"""
# As the tables' owner: whoever is in conflict must not see the row that says so.
UNSEEN = """
CREATE FUNCTION wayhome_unseen(staff uuid) RETURNS uuid[] LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(c.returnee_id), '{}') FROM conflict c
    WHERE c.staff_id = staff AND c.ended_at IS NULL
$$
"""


def upgrade() -> None:
    op.create_table(
        "conflict",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", sa.UUID(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_conflict_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_conflict_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_conflict_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["staff.id"],
            name=op.f("fk_conflict_recorded_by_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    op.create_index(op.f("ix_conflict_organisation_id"), "conflict", ["organisation_id"])
    op.create_index(op.f("ix_conflict_returnee_id"), "conflict", ["returnee_id"])
    op.create_index(
        "uq_conflict_standing",
        "conflict",
        ["staff_id", "returnee_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.execute(STAFF)
    op.execute(UNSEEN)
    op.execute("ALTER TABLE conflict ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON conflict TO wayhome_app"
        " USING ((SELECT wayhome_service()) OR organisation_id = (SELECT wayhome_organisation())"
        " AND staff_id IS DISTINCT FROM (SELECT wayhome_staff()))"
        " WITH CHECK ((SELECT wayhome_service()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON conflict TO wayhome_app")
    for table in WALLED:
        keep_apart(table, "id" if table == "returnee" else "returnee_id")


def downgrade() -> None:
    for table in reversed(WALLED):
        op.execute(f'DROP POLICY conflict ON "{table}"')
    op.drop_table("conflict")
    op.execute("DROP FUNCTION wayhome_unseen(uuid)")
    op.execute("DROP FUNCTION wayhome_staff()")
