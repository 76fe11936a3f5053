"""Questionnaires that organisations bring along, and which of them are used"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "questionnaire",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("imported_by", sa.UUID(), nullable=True),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_questionnaire_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"],
            ["staff.id"],
            name=op.f("fk_questionnaire_imported_by_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
        sa.UniqueConstraint(
            "organisation_id",
            "key",
            "version",
            name=op.f("uq_questionnaire_organisation_id_key_version"),
        ),
    )
    op.create_table(
        "questionnaire_use",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("clinician_id", sa.UUID(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_questionnaire_use_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["clinician_id"],
            ["staff.id"],
            name=op.f("fk_questionnaire_use_clinician_id_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "key", name=op.f("pk_questionnaire_use")),
    )
    for table in ("questionnaire", "questionnaire_use"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO wayhome_app USING ((SELECT wayhome_service())"
            " OR organisation_id = (SELECT wayhome_organisation()))"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO wayhome_app")
    # A person's words answer a question only where one was asked last.
    op.add_column("check_in", sa.Column("asked", sa.String(), nullable=True), if_not_exists=True)
    op.add_column("returnee", sa.Column("typing_for", sa.UUID(), nullable=True), if_not_exists=True)


def downgrade() -> None:
    op.drop_column("returnee", "typing_for")
    op.drop_column("check_in", "asked")
    op.drop_table("questionnaire_use")
    op.drop_table("questionnaire")
