"""When somebody last answered, by an index, however many questions they were ever asked"""

from migrations.indexes import build_index, remove_index

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_answer_returnee_id_at", "answer", ("returnee_id", "at"))
    remove_index("ix_answer_returnee_id", "answer")


def downgrade() -> None:
    build_index("ix_answer_returnee_id", "answer", ("returnee_id",))
    remove_index("ix_answer_returnee_id_at", "answer")
