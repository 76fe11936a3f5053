"""Words that answer no button. The watch has looked at them before; no machine talks back."""

from datetime import datetime, timedelta

from aiogram import Router
from aiogram.types import Message
from aiogram_dialog import DialogManager, StartMode

from dialogs.states import LanguageStates, MenuStates, StopWordStates, WelcomeStates
from dialogs.widgets import NOT_UNDERSTOOD
from domain.consent.renewal import open_questions
from domain.crisis.answering import is_read
from handlers.finding.asked import Asked
from handlers.reading.contents import kind_of
from storage.kinds import UNREADABLE
from storage.sessions import Session
from storage.tables.returnees import Returnee

_ONCE_IN = timedelta(minutes=1)
# Whoever sends their word before they are asked for it goes on from there.
_BEFORE_THE_WORD = Asked(StopWordStates.about, StopWordStates.signs)


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
    if _said_lately(dialog_manager, session.now):
        return
    said_at = session.now.isoformat()
    if await _is_asked_here(message, dialog_manager, session, returnee):
        state = dialog_manager.current_context().state
        dialog_manager.dialog_data[NOT_UNDERSTOOD] = {state.state: said_at}
        dialog_manager.middleware_data[NOT_UNDERSTOOD] = True
        await dialog_manager.show()
    else:
        data = {NOT_UNDERSTOOD: said_at}
        await dialog_manager.start(MenuStates.main, data, mode=StartMode.RESET_STACK)


async def _is_asked_here(
    message: Message, dialog_manager: DialogManager, session: Session, returnee: Returnee | None
) -> bool:
    """Whether they are asked something that the menu would leave unasked: then it is asked again,
    since many answer in words at first.
    """
    if returnee is None or not dialog_manager.has_context():
        return False
    context = dialog_manager.current_context()
    if context.state.group is LanguageStates:
        return bool(await open_questions(session, returnee))
    if context.state.group is WelcomeStates:
        return True
    stack = dialog_manager.current_stack()
    return await _BEFORE_THE_WORD.is_answered(message, session, returnee, context, stack)


def _said_lately(dialog_manager: DialogManager, now: datetime) -> bool:
    """Here, in the menu or at this question of the welcome."""
    if not dialog_manager.has_context():
        return False
    start, state = dialog_manager.start_data, dialog_manager.current_context().state
    said = start.get(NOT_UNDERSTOOD) if isinstance(start, dict) else None
    said = dialog_manager.dialog_data.get(NOT_UNDERSTOOD, {}).get(state.state, said)
    return said is not None and now - datetime.fromisoformat(said) < _ONCE_IN
