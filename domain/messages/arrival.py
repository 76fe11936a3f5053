"""Whether words have come to the person: what waits for a later hour, was stopped or never went is
theirs to see from a human alone, who knows what of it still holds.
"""

from sqlalchemy import ColumnElement, exists

from storage.kinds import OutboxState
from storage.tables.cases import Message
from storage.tables.outbox import OutboxRow


def has_come() -> ColumnElement[bool]:
    """Within a query of messages: the person's own words, and those that went to them. What was
    taken off their phone again unopened has a number there.
    """
    return ~exists().where(
        OutboxRow.id == Message.outbox_id,
        OutboxRow.state != OutboxState.SENT,
        OutboxRow.message_id.is_(None),
    )
