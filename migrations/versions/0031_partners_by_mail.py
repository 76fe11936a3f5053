"""Partners that have a mailbox only"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OURS = "organisation_id = (SELECT wayhome_organisation())"


def upgrade() -> None:
    op.create_table(
        "mail_partner",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_mail_partner_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_partner")),
    )
    op.create_index(op.f("ix_mail_partner_organisation_id"), "mail_partner", ["organisation_id"])
    op.add_column("referral", sa.Column("mail_partner_id", sa.UUID(), nullable=True))
    op.create_table(
        "mail_link",
        sa.Column("referral_id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("mail_at", INSTANT, nullable=True),
        sa.Column("mail_tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("mailed_at", INSTANT, nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=True),
        sa.Column("key_until", INSTANT, nullable=True),
        sa.Column("accepted_as", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_mail_link_referral_id_referral"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_link")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_mail_link_referral_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mail_link_token_hash")),
    )
    op.create_index(
        "ix_mail_link_mail_at",
        "mail_link",
        ["mail_at"],
        postgresql_where=sa.text("mail_at IS NOT NULL"),
    )
    for table, seen in (("mail_partner", OURS), ("mail_link", "false")):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO wayhome_app"
            f" USING ((SELECT wayhome_service()) OR {seen})"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wayhome_app")


def downgrade() -> None:
    op.drop_table("mail_link")
    op.drop_column("referral", "mail_partner_id")
    op.drop_table("mail_partner")
