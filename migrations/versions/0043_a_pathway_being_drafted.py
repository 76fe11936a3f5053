"""The next version of a pathway, while somebody works on it in the console"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pathway_draft",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.UUID(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_pathway_draft_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["staff.id"],
            name=op.f("fk_pathway_draft_changed_by_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "key", name=op.f("pk_pathway_draft")),
    )
    op.execute("ALTER TABLE pathway_draft ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON pathway_draft TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON pathway_draft TO wayhome_app")


def downgrade() -> None:
    op.drop_table("pathway_draft")
