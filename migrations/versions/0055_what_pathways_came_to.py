"""What the check-ins of pathways came to in a quarter, counted once"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pathway_figures",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_pathway_figures_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "quarter", name=op.f("pk_pathway_figures")),
    )
    op.execute("ALTER TABLE pathway_figures ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON pathway_figures TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON pathway_figures TO wayhome_app")


def downgrade() -> None:
    op.drop_table("pathway_figures")
