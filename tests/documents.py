"""Rows of the outbox by the documents in them: what the releases beside each other read there."""

import json
from typing import Any

from storage.keys.keyring import Keyring
from storage.outbox import letters
from storage.outbox.contents import from_document
from storage.outbox.letters import Delivery
from storage.sessions import Session
from storage.tables.outbox import OutboxRow


def content_of(row: OutboxRow, keys: Keyring) -> dict[str, Any]:
    assert row.content is not None
    document: dict[str, Any] = json.loads(keys.open(row.content, "outbox content"))
    return document


async def put(
    session: Session, chat_id: int, document: dict[str, Any], delivery: Delivery
) -> OutboxRow:
    return await letters.put(session, chat_id, from_document(document), delivery)
