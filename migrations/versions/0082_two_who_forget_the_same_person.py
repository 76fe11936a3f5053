"""What the staff of a second organisation pass on, while another request of the person waits"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import keep_apart

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

# Beside the one that knows of no second organisation, which the release before asks.
FORGOTTEN = """
CREATE FUNCTION wayhome_forgotten(person uuid, those uuid[]) RETURNS boolean LANGUAGE sql
    STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM erasure e WHERE e.returnee_id = person AND e.chat IS NOT NULL
    ) OR (
        EXISTS (
            SELECT FROM erasure e WHERE e.returnee_id = person AND e.asked_by IS NOT NULL
            AND (e.organisation_id IS NULL OR e.organisation_id = ANY (those))
        ) OR EXISTS (
            SELECT FROM next_erasure n
            WHERE n.returnee_id = person AND n.organisation_id = ANY (those)
        )
    ) AND NOT EXISTS (
        SELECT FROM "case" c WHERE c.returnee_id = person AND c.state <> 'resolved'
    )
$$
"""


def upgrade() -> None:
    op.create_table(
        "next_erasure",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_next_erasure_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_next_erasure_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["staff.id"],
            name=op.f("fk_next_erasure_asked_by_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("returnee_id", "organisation_id", name=op.f("pk_next_erasure")),
    )
    op.execute("ALTER TABLE next_erasure ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON next_erasure TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON next_erasure TO wayhome_app")
    keep_apart("next_erasure")
    op.execute(FORGOTTEN)


def downgrade() -> None:
    op.execute("DROP FUNCTION wayhome_forgotten(uuid, uuid[])")
    op.drop_table("next_erasure")
