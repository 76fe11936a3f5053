"""What aiogram's dialogs remember, in the same transaction as everything else, sealed."""

import json
from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from bot.current import Current
from storage.service import DialogState


class DialogStates(BaseStorage):
    """A chat's row lasts 48 hours from its last change; the sweep removes it."""

    def __init__(self, current: Current) -> None:
        self._current = current

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        name = state.state if isinstance(state, State) else state
        row = await self._row(key)
        if (row.state if row else None) != name:
            await self._write(key, state=name, data=row.data if row else None)

    async def get_state(self, key: StorageKey) -> str | None:
        row = await self._row(key)
        return row.state if row else None

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        if dict(data) == await self.get_data(key):
            return
        keys = self._current.session.keys
        sealed = keys.seal(json.dumps(dict(data)), "dialog state") if data else None
        row = await self._row(key)
        await self._write(key, state=row.state if row else None, data=sealed)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        row = await self._row(key)
        if row is None or row.data is None:
            return {}
        data: dict[str, Any] = json.loads(self._current.session.keys.open(row.data, "dialog state"))
        return data

    async def close(self) -> None:
        """Nothing is held between updates."""

    def _hash(self, key: StorageKey) -> bytes:
        parts = (key.bot_id, key.chat_id, key.user_id, key.thread_id or 0, key.destiny)
        return self._current.session.keys.look_up(":".join(map(str, parts)), "dialog")

    async def _row(self, key: StorageKey) -> DialogState | None:
        return await self._current.session.get(DialogState, self._hash(key))

    async def _write(self, key: StorageKey, *, state: str | None, data: bytes | None) -> None:
        session = self._current.session
        row = await self._row(key)
        if state is None and data is None:
            if row is not None:
                await session.delete(row)
            return
        if row is None:
            row = DialogState(key=self._hash(key))
            session.add(row)
        row.state, row.data, row.changed_at = state, data, session.now
        await session.flush()
