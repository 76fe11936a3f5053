"""Which replicas run, and how often an update was taken up again after one had died"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "inbox",
        sa.Column("deaths", sa.Integer(), server_default=sa.text("0"), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "running_replica",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_running_replica")),
        info={"scope": "service"},
    )
    op.execute("ALTER TABLE running_replica ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON running_replica TO wayhome_app USING ((SELECT wayhome_service()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON running_replica TO wayhome_app")


def downgrade() -> None:
    op.drop_table("running_replica")
    op.drop_column("inbox", "deaths")
