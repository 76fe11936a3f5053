"""The words of an invite that nobody used go with it"""

from migrations.indexes import build_index, remove_index

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    build_index("ix_invite_words", "invite", ("expires_at",), "words IS NOT NULL")


def downgrade() -> None:
    remove_index("ix_invite_words", "invite")
