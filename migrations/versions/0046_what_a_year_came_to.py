"""What a year came to, counted once"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "year_figures",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_year_figures_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "year", name=op.f("pk_year_figures")),
    )
    op.execute("ALTER TABLE year_figures ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON year_figures TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON year_figures TO wayhome_app")


def downgrade() -> None:
    op.drop_table("year_figures")
