"""Which services an organisation does not show to its people, and which lines answered staff"""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_withheld()
    op.create_table(
        "hotline_call",
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("country", "number", name=op.f("pk_hotline_call")),
        info={"scope": "public"},
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON hotline_call TO wayhome_app")


def create_withheld() -> None:
    op.create_table(
        "directory_withheld",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("hsds_id", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_directory_withheld_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_withheld")),
        sa.UniqueConstraint(
            "organisation_id",
            "source",
            "hsds_id",
            name=op.f("uq_directory_withheld_organisation_id_source_hsds_id"),
        ),
    )
    op.execute("ALTER TABLE directory_withheld ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON directory_withheld TO wayhome_app USING ((SELECT wayhome_service())"
        " OR organisation_id = (SELECT wayhome_organisation()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON directory_withheld TO wayhome_app")


def downgrade() -> None:
    op.drop_table("hotline_call")
    op.drop_table("directory_withheld")
