"""Whose next stage has come is found"""

from migrations.indexes import build_index, remove_index

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index(
        "ix_on_pathway_stage_until", "on_pathway", ("stage_until",), "stage_until IS NOT NULL"
    )


def downgrade() -> None:
    remove_index("ix_on_pathway_stage_until", "on_pathway")
