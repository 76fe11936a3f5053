"""What is remembered of a chat's dialogs can be found by the chat, to be forgotten"""

import sqlalchemy as sa
from alembic import op

from migrations.indexes import build_index

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "dialog_state", sa.Column("chat_key", sa.LargeBinary(), nullable=True), if_not_exists=True
    )
    build_index("ix_dialog_state_chat_key", "dialog_state", ("chat_key",), "chat_key IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_dialog_state_chat_key", "dialog_state")
    op.drop_column("dialog_state", "chat_key")
