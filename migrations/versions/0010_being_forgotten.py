"""Who asked to be forgotten, and the counts that stay"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SEEN = {
    "erasure": "EXISTS (SELECT FROM returnee r WHERE r.id = erasure.returnee_id)",
    "campaign_tally": "organisation_id = (SELECT wayhome_organisation())",
}


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.UUID(), nullable=True),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("forced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("chat", sa.LargeBinary(), nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_erasure_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_erasure_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["staff.id"],
            name=op.f("fk_erasure_asked_by_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("returnee_id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_not_before"), "erasure", ["not_before"])
    op.create_table(
        "campaign_tally",
        sa.Column("campaign_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_tally_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_campaign_tally_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_tally")),
    )
    for table, seen in SEEN.items():
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(
            f'CREATE POLICY scope ON "{table}" TO wayhome_app'
            f" USING ((SELECT wayhome_service()) OR {seen})"
        )
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO wayhome_app')


def downgrade() -> None:
    op.drop_table("campaign_tally")
    op.drop_table("erasure")
