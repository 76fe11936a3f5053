"""An update that waited, opened: what it is, and when it was sent."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from storage.inbox.clock_ahead import ahead_by
from storage.inbox.updates import sent_at
from storage.keys.keyring import Keyring
from storage.sessions import Session
from storage.tables.inbox import InboxRow

# Telegram keeps what it could not hand over for a day.
_TELEGRAM_KEEPS = timedelta(hours=24)
# Then it is asked whether only our clock says so.
_SEEMS_LATE = timedelta(minutes=1)


async def asked_at(session: Session, row: InboxRow, update: Mapping[str, Any]) -> datetime:
    """When the person sent it, on the rules' clock: as Telegram says, or when it came here."""
    waited = max(session.database_now - row.arrived_at, timedelta())
    came = session.now - waited
    sent = sent_at(update)
    if sent is None:
        return came
    if came - sent > _SEEMS_LATE:
        sent += await ahead_by(session)
    return sent if came - _TELEGRAM_KEEPS < sent < came else came


def update_of(row: InboxRow, keys: Keyring) -> dict[str, Any]:
    assert row.payload is not None
    update: dict[str, Any] = json.loads(keys.open(row.payload, "inbox"))
    return update
