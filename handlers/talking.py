"""Words that answer no button. The watch has looked at them before; no machine talks back."""

from datetime import datetime, timedelta

from aiogram import Router
from aiogram.types import Message
from aiogram_dialog import DialogManager, StartMode

from dialogs.states import MenuStates
from domain.crisis import is_read
from domain.messages import UNREADABLE
from handlers.contents import kind_of
from storage.returnees import Returnee
from storage.sessions import Session

_ONCE_IN = timedelta(minutes=1)


def talking_router() -> Router:
    router = Router(name="talking")
    router.message.register(talk)
    return router


async def talk(
    message: Message,
    dialog_manager: DialogManager,
    session: Session,
    returnee: Returnee | None,
    found: bool,
) -> None:
    """Says what a machine can't do, unless a human reads this or the watch has answered it, and not
    for every line of somebody who writes many.
    """
    kind = kind_of(message)
    if found or kind is None or kind in UNREADABLE:
        return
    if returnee is not None and await is_read(session, returnee):
        return
    if not _said_lately(dialog_manager, session.now):
        data = {"not_understood": session.now.isoformat()}
        await dialog_manager.start(MenuStates.main, data, mode=StartMode.RESET_STACK)


def _said_lately(dialog_manager: DialogManager, now: datetime) -> bool:
    shown = dialog_manager.start_data if dialog_manager.has_context() else None
    said = shown.get("not_understood") if isinstance(shown, dict) else None
    return said is not None and now - datetime.fromisoformat(said) < _ONCE_IN
