"""Windows that wait for words: for a while only, since later words are about something else."""

from datetime import datetime, timedelta
from typing import Any

from aiogram.fsm.state import State
from aiogram_dialog import DialogManager
from aiogram_dialog.api.entities import Context

_ANSWERED_WITHIN = timedelta(minutes=10)
_ASKED_AT = "asked at"


async def ask_for_words(manager: DialogManager, window: State) -> None:
    """Whoever writes within ten minutes answers this window."""
    manager.dialog_data[_ASKED_AT] = manager.middleware_data["session"].now.isoformat()
    await manager.switch_to(window)


async def ask_from_now(start: Any, manager: DialogManager) -> None:
    """For a dialog that leads to such a window: who writes too early is not led away from it."""
    await ask_for_words(manager, manager.current_context().state)


async def get_refusal(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    """Why the words that came were not taken."""
    return {"refused": dialog_manager.dialog_data.get("refused")}


def waits_since(context: Context, now: datetime) -> datetime | None:
    """Since when the window waits for words; None where it does not, or not any more."""
    asked_at = context.dialog_data.get(_ASKED_AT)
    since = datetime.fromisoformat(asked_at) if isinstance(asked_at, str) else None
    return since if since is not None and now - since <= _ANSWERED_WITHIN else None


def stop_waiting(context: Context) -> None:
    """Something else was said or done since: what they write now is about that."""
    context.dialog_data.pop(_ASKED_AT, None)
