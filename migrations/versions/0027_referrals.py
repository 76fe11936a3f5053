"""Referrals between organisations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import keep_apart

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OURS = (
    "organisation_id = (SELECT wayhome_organisation())"
    " OR (partner_id = (SELECT wayhome_organisation())"
    " AND state IN ('offered', 'accepted', 'handed-over'))"
)


def upgrade() -> None:
    op.create_table(
        "referral",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("partner_id", sa.UUID(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("letter", sa.LargeBinary(), nullable=True),
        sa.Column("vital", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("joint_days", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("seconded_by", sa.UUID(), nullable=True),
        sa.Column("offered_at", INSTANT, nullable=True),
        sa.Column("answered_by", sa.UUID(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("handed_over_at", INSTANT, nullable=True),
        sa.Column("received", sa.String(32), nullable=True),
        sa.Column("received_by_person", sa.String(32), nullable=True),
        sa.Column("look_at", INSTANT, nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_referral_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_referral_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_referral_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organisation.id"], name=op.f("fk_referral_partner_id_organisation")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["staff.id"],
                name=op.f(f"fk_referral_{column}_staff"),
                ondelete="SET NULL",
            )
            for column in ("made_by", "seconded_by", "answered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index(op.f("ix_referral_case_id"), "referral", ["case_id"])
    op.create_index(op.f("ix_referral_returnee_id"), "referral", ["returnee_id"])
    op.create_index(
        "uq_referral_under_way",
        "referral",
        ["returnee_id", "partner_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'to-decide', 'offered', 'accepted')"),
    )
    op.create_index(
        "ix_referral_look_at",
        "referral",
        ["look_at"],
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index(
        "ix_referral_organisation_id_made_at", "referral", ["organisation_id", "made_at"]
    )
    op.create_index("ix_referral_partner_id_made_at", "referral", ["partner_id", "made_at"])
    op.execute("ALTER TABLE referral ENABLE ROW LEVEL SECURITY")
    # A row opens a person to another organisation, so none may write its own.
    op.execute(
        "CREATE POLICY scope ON referral TO wayhome_app"
        f" USING ((SELECT wayhome_service()) OR {OURS}) WITH CHECK ((SELECT wayhome_service()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON referral TO wayhome_app")
    keep_apart("referral")


def downgrade() -> None:
    op.drop_table("referral")
