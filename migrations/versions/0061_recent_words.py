"""Whichever replica has a message knows what the same person wrote just before"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recent_words",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("chat_key", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recent_words")),
    )
    op.create_index(
        "ix_recent_words_chat_key_message_id", "recent_words", ["chat_key", "message_id"]
    )
    op.create_index(op.f("ix_recent_words_said_at"), "recent_words", ["said_at"])
    op.execute("ALTER TABLE recent_words ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON recent_words TO wayhome_app USING ((SELECT wayhome_service()))"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON recent_words TO wayhome_app")


def downgrade() -> None:
    op.drop_table("recent_words")
