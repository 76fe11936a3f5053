"""Words that answer no button. The watch has looked at them before; no machine talks back."""

from aiogram import Router
from aiogram.types import Message
from aiogram_dialog import DialogManager, StartMode

from dialogs.states import MenuStates
from domain.crisis import has_open_case
from domain.distress import Severity, Watch
from domain.messages import UNREADABLE
from handlers.contents import kind_of, without_command, words_of
from storage.returnees import Returnee
from storage.sessions import Session


def talking_router() -> Router:
    router = Router(name="talking")
    router.message.register(talk)
    return router


async def talk(
    message: Message,
    dialog_manager: DialogManager,
    session: Session,
    returnee: Returnee | None,
    watch: Watch,
) -> None:
    """Says what a machine can't do, unless a human reads this or the watch has answered it."""
    kind = kind_of(message)
    if kind is None or kind in UNREADABLE:
        return
    heard = watch.assess(without_command(words_of(message)))
    if heard.severity is not Severity.NONE or heard.ask:
        return
    if returnee is not None and await has_open_case(session, returnee):
        return
    data = {"not_understood": True}
    await dialog_manager.start(MenuStates.main, data, mode=StartMode.RESET_STACK)
