"""What outlasts a case, how soon a human acted and that a block was told; and what need not stay"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index, remove_index

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

# Whoever came by them was forgotten by an earlier release: since, an invite goes with them.
FORGET_INVITES_OF_NOBODY = """
DELETE FROM invite WHERE used_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM enrolment WHERE enrolment.invite_id = invite.id)
"""


def upgrade() -> None:
    build_index("ix_invite_unused", "invite", ("expires_at",), "used_at IS NULL")
    build_index("ix_enrolment_invite_id", "enrolment", ("invite_id",), "invite_id IS NOT NULL")
    op.create_table(
        "past_wait",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_past_wait_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_wait")),
    )
    op.create_index(
        op.f("ix_past_wait_organisation_id_day"), "past_wait", ["organisation_id", "day"]
    )
    op.execute("ALTER TABLE past_wait ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON past_wait TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON past_wait TO wayhome_app")
    # As for whoever leaves from now on; before a table that everybody needs is locked.
    op.execute(
        "UPDATE staff SET password_hash = NULL, totp_secret = NULL, totp_step = NULL,"
        " gender = NULL, speaks = '[]' WHERE disabled_at IS NOT NULL"
    )
    op.execute(FORGET_INVITES_OF_NOBODY)
    told = sa.Column("block_told", sa.DateTime(timezone=True), nullable=True)
    op.add_column("returnee", told, if_not_exists=True)
    answer_by = sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True)
    op.add_column("referral", answer_by, if_not_exists=True)


def downgrade() -> None:
    op.drop_column("referral", "answer_by")
    op.drop_column("returnee", "block_told")
    op.drop_table("past_wait")
    remove_index("ix_enrolment_invite_id", "enrolment")
    remove_index("ix_invite_unused", "invite")
