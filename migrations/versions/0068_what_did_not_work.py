"""On how many days somebody said of a service that it did not work"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_report",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_directory_report_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["directory_service.id"],
            name=op.f("fk_directory_report_service_id_directory_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "service_id", name=op.f("pk_directory_report")),
    )
    op.create_index(op.f("ix_directory_report_service_id"), "directory_report", ["service_id"])
    op.execute("ALTER TABLE directory_report ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON directory_report TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON directory_report TO wayhome_app")


def downgrade() -> None:
    op.drop_table("directory_report")
