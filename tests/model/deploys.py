"""What an older release left, as the newer one finds it."""

import json

from sqlalchemy import select

from storage.sessions import SERVICE, Database
from storage.tables.service import DialogState

_SEALED = "dialog state"


async def rename_dialog_states(database: Database) -> None:
    """Whoever has a dialog open is in a state that nobody knows any more."""
    async with database.begin(SERVICE) as session:
        for row in (await session.scalars(select(DialogState))).all():
            kept = json.loads(session.keys.open(row.data, _SEALED))
            for entry in kept.values():
                if "state" in entry.get("data", {}):
                    entry["data"]["state"] += "_renamed"
            row.data = session.keys.seal(json.dumps(kept), _SEALED)
