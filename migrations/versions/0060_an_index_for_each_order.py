"""What waits is found in its order, whatever PostgreSQL believes of how many wait"""

from migrations.indexes import build_index, remove_index

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

_INBOX = "handled_at IS NULL AND set_aside_at IS NULL"
_OUTBOX = "state = 'waiting'"


def upgrade() -> None:
    build_index("ix_inbox_waits", "inbox", ("number",), f"{_INBOX} AND number > 0")
    build_index(
        "ix_inbox_waits_in_its_chat", "inbox", ("lane", "number"), f"{_INBOX} AND lane >= ''"
    )
    build_index("ix_outbox_waits", "outbox", ("priority", "number"), f"{_OUTBOX} AND priority >= 0")
    build_index(
        "ix_outbox_waits_in_its_chat", "outbox", ("lane", "number"), f"{_OUTBOX} AND number > 0"
    )
    remove_index("ix_inbox_unhandled", "inbox")
    remove_index("ix_inbox_lane_unhandled", "inbox")
    remove_index("ix_outbox_waiting", "outbox")
    remove_index("ix_outbox_lane_waiting", "outbox")


def downgrade() -> None:
    build_index("ix_inbox_unhandled", "inbox", ("number",), _INBOX)
    build_index("ix_inbox_lane_unhandled", "inbox", ("lane", "number"), _INBOX)
    build_index("ix_outbox_waiting", "outbox", ("priority", "number"), _OUTBOX)
    build_index("ix_outbox_lane_waiting", "outbox", ("lane", "number"), _OUTBOX)
    remove_index("ix_inbox_waits", "inbox")
    remove_index("ix_inbox_waits_in_its_chat", "inbox")
    remove_index("ix_outbox_waits", "outbox")
    remove_index("ix_outbox_waits_in_its_chat", "outbox")
