"""What aiogram's dialogs remember, in the same transaction as everything else, sealed.

They ask for small things again and again while an update is handled. So all of a chat's lie in
one row, which is read at the first question and written once, before the commit.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from sqlalchemy import delete, select

from bot.lanes.current import Current
from dialogs import states
from storage.batches import by_column, insert_given, one_of
from storage.keys.keyring import SealError
from storage.sessions import Session
from storage.tables.base import table_of
from storage.tables.service import DIALOGS, DialogState

_SEALED = "dialog state"
_DRAWERS = "dialogs"
# As aiogram-dialog calls what it remembers, and within that where somebody is.
_OF_DIALOGS, _OF_CONTEXT = ":aiogd:", ":aiogd:context:"
_ROW = insert_given(table_of(DialogState), "key", "data", "changed_at")
_KEPT = select(DialogState.key, DialogState.data).where(one_of(DialogState.key, "keys"))
_KEEP = _ROW.on_conflict_do_update(
    index_elements=["key"],
    set_={"data": _ROW.excluded.data, "changed_at": _ROW.excluded.changed_at},
)


@dataclass(slots=True)
class Drawer:
    """What is remembered of one chat: by user, topic and kind, a state and some data."""

    kept: dict[str, dict[str, Any]]
    #: Under which hash it was found.
    under: bytes | None = None
    before: dict[str, dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.before = dict(self.kept)

    def put(self, name: str, part: str, value: Any) -> None:
        entry = {**self.kept.get(name, {}), part: value}
        self.kept[name] = {key: value for key, value in entry.items() if value}
        if not self.kept[name]:
            del self.kept[name]


class DialogStates(BaseStorage):
    """A chat's row lasts 48 hours from its last change; the sweep removes it."""

    def __init__(self, current: Current) -> None:
        self._current = current

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        name = state.state if isinstance(state, State) else state
        (await self._drawer(key)).put(_name(key), "state", name)

    async def get_state(self, key: StorageKey) -> str | None:
        return (await self._drawer(key)).kept.get(_name(key), {}).get("state")

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        # What aiogram-dialog holds on to, it changes in place: this is what it is now.
        (await self._drawer(key)).put(_name(key), "data", _copied(dict(data)))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        kept = (await self._drawer(key)).kept.get(_name(key), {}).get("data", {})
        data: dict[str, Any] = _copied(kept)
        return data

    async def close(self) -> None:
        """Nothing is held between updates."""

    async def _drawer(self, key: StorageKey) -> Drawer:
        session = self._current.session
        if key.chat_id not in _drawers(session):
            await know_dialogs(session, [key.chat_id])
        return _drawers(session)[key.chat_id]


async def know_dialogs(session: Session, chat_ids: Sequence[int]) -> None:
    """Reads what is remembered of these chats, in one question."""
    chats = {
        key: chat_id for chat_id in chat_ids for key in session.keys.look_ups(chat_id, DIALOGS)
    }
    found = await session.execute(_KEPT, {"keys": list(chats)})
    drawers = _drawers(session)
    drawers.update((chat_id, Drawer({})) for chat_id in chat_ids)
    for key, data in found:
        # What no key opens any more is forgotten: a menu begins anew, and no message waits for it.
        with suppress(SealError):
            kept = json.loads(session.keys.open(data, _SEALED))
            drawers[chats[key]] = Drawer(_without_lost(kept), key)


def _without_lost(kept: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Nothing of a dialog in a state that this release does not know: the library would let nothing
    pass before that is left, neither a command nor a button that needs no dialog.
    """
    contexts = [entry for name, entry in kept.items() if _OF_CONTEXT in name]
    if all(entry.get("data", {}).get("state") in _known_states() for entry in contexts):
        return kept
    return {name: entry for name, entry in kept.items() if _OF_DIALOGS not in name}


def windows_shown(session: Session) -> list[int]:
    """The stand-in numbers of the windows that were shown last in the chats that were read."""
    numbers = [
        entry.get("data", {}).get("last_message_id")
        for drawer in _drawers(session).values()
        for entry in drawer.kept.values()
    ]
    return [number for number in numbers if number is not None and number < 0]


async def save_dialogs(session: Session) -> None:
    """Writes down what changed while this transaction's updates were handled."""
    drawers: dict[int, Drawer] = session.info.pop(_DRAWERS, {})
    changed = {
        session.keys.look_up(chat_id, DIALOGS): drawer
        for chat_id, drawer in drawers.items()
        if drawer.kept != drawer.before
    }
    kept = [
        {
            "key": chat,
            "data": session.keys.seal(json.dumps(drawer.kept), _SEALED),
            "changed_at": session.now,
        }
        for chat, drawer in changed.items()
        if drawer.kept
    ]
    left = [
        drawer.under
        for chat, drawer in changed.items()
        if drawer.under is not None and (not drawer.kept or drawer.under != chat)
    ]
    if kept:
        await session.execute(_KEEP, by_column(kept))
    if left:
        await session.execute(delete(DialogState).where(DialogState.key.in_(left)))


def _drawers(session: Session) -> dict[int, Drawer]:
    """By chat: an update asks for its own a dozen times."""
    drawers: dict[int, Drawer] = session.info.setdefault(_DRAWERS, {})
    return drawers


def _name(key: StorageKey) -> str:
    return f"{key.user_id}:{key.thread_id or 0}:{key.destiny}"


def _copied(value: Any) -> Any:
    """What JSON can hold, in a fifth of the time that it takes to write and read it as that."""
    if isinstance(value, dict):
        return {name: _copied(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(each) for each in value]
    return value


@cache
def _known_states() -> frozenset[str | None]:
    groups = [group for group in vars(states).values() if isinstance(group, type)]
    return frozenset(
        state.state
        for group in groups
        if issubclass(group, StatesGroup)
        for state in group.__all_states__
    )
