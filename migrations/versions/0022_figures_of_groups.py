"""What a campaign came to is counted once, of groups alone"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "campaign_figures",
        sa.Column("campaign_id", sa.UUID(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("counted_at", INSTANT, nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_figures_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_campaign_figures_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("campaign_id", "step", name=op.f("pk_campaign_figures")),
    )
    op.create_index(
        op.f("ix_campaign_figures_organisation_id"),
        "campaign_figures",
        ["organisation_id"],
    )
    op.execute("ALTER TABLE campaign_figures ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON campaign_figures TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON campaign_figures TO wayhome_app")
    op.add_column("campaign", sa.Column("counted_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("campaign", "counted_at")
    op.drop_table("campaign_figures")
