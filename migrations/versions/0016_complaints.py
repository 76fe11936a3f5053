"""What people say about staff, for safeguarding alone"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# Without naming who of the staff asks, nobody sees any.
SEEN = (
    "organisation_id = (SELECT wayhome_organisation()) AND EXISTS (SELECT FROM staff s"
    " WHERE s.id = (SELECT wayhome_staff()) AND s.disabled_at IS NULL"
    " AND s.role IN ('safeguarding', 'admin'))"
    " AND returnee_id <> ALL (CAST((SELECT wayhome_unseen(wayhome_staff())) AS uuid[]))"
)


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("past_lead", sa.Boolean(), nullable=False),
        sa.Column("raised_by", sa.UUID(), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("taken_by", sa.UUID(), nullable=True),
        sa.Column("next_alert_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_complaint_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_complaint_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["raised_by"],
            ["staff.id"],
            name=op.f("fk_complaint_raised_by_staff"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"],
            ["staff.id"],
            name=op.f("fk_complaint_taken_by_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("code", name=op.f("uq_complaint_code")),
    )
    op.create_index(op.f("ix_complaint_organisation_id"), "complaint", ["organisation_id"])
    op.create_index(op.f("ix_complaint_returnee_id"), "complaint", ["returnee_id"])
    op.create_index(
        "ix_complaint_next_alert_at",
        "complaint",
        ["next_alert_at"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "complaint_message",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("complaint_id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("direction", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_message_complaint_id_complaint"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_complaint_message_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_complaint_message_staff_id_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_message")),
    )
    op.create_index(
        "ix_complaint_message_complaint_id_number", "complaint_message", ["complaint_id", "number"]
    )
    op.create_index(op.f("ix_complaint_message_returnee_id"), "complaint_message", ["returnee_id"])
    for table, seen in (
        ("complaint", SEEN),
        (
            "complaint_message",
            "EXISTS (SELECT FROM complaint c WHERE c.id = complaint_message.complaint_id)",
        ),
    ):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO wayhome_app"
            f" USING ((SELECT wayhome_service()) OR ({seen}))"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wayhome_app")
    op.add_column("returnee", sa.Column("confides_until", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("returnee", "confides_until")
    op.drop_table("complaint_message")
    op.drop_table("complaint")
