"""The commands that lead to a dialog, or do one thing about this chat."""

from aiogram import Router
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, StartMode

from dialogs.at_hand import kept
from dialogs.presses import ChangeHours, KeepHours, ToMenu, ToServices, WriteAgain
from dialogs.states import LanguageStates, MenuStates, PrivacyStates, SafetyStates, ServicesStates
from dialogs.texts import Texts
from domain.identity.pictures import shut
from domain.notices import Notice, tell
from domain.privacy import emptied
from domain.replies.unopened import hidden_unopened
from domain.safety.phones import pause, resume
from handlers.answering.leaving import leave_dialog
from handlers.answering.pressing import message_pressed
from handlers.answering.showing import say
from handlers.reading.filters import called
from storage.outbox.letters import forget_said
from storage.sessions import Session
from storage.tables.returnees import Returnee


def commands_router() -> Router:
    router = Router(name="commands")
    router.message.register(services, called("services"))
    router.message.register(language, called("language"))
    router.message.register(safety, called("safety"))
    router.message.register(privacy, called("privacy"))
    router.message.register(hide, called("hide"))
    router.message.register(stop, called("stop"))
    router.callback_query.register(write_again, WriteAgain.filter())
    router.callback_query.register(keep_hours, KeepHours.filter())
    router.callback_query.register(change_hours, ChangeHours.filter())
    router.callback_query.register(menu, ToMenu.filter())
    router.callback_query.register(press_services, ToServices.filter())
    return router


async def services(message: Message, dialog_manager: DialogManager) -> None:
    await _open(dialog_manager, ServicesStates.need)


async def press_services(query: CallbackQuery, dialog_manager: DialogManager) -> None:
    await _open(dialog_manager, ServicesStates.need)


async def language(message: Message, dialog_manager: DialogManager) -> None:
    await _open(dialog_manager, LanguageStates.choose)


async def safety(
    message: Message, dialog_manager: DialogManager, returnee: Returnee | None
) -> None:
    kept(returnee)
    await _open(dialog_manager, SafetyStates.main)


async def privacy(
    message: Message, dialog_manager: DialogManager, returnee: Returnee | None
) -> None:
    kept(returnee)
    await _open(dialog_manager, PrivacyStates.main)


async def hide(
    message: Message,
    dialog_manager: DialogManager,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
) -> None:
    """Delivery takes away both sides' messages, the dialog's window among them.

    Whoever takes the phone next needs the row of pictures, however lately it was used.
    """
    await leave_dialog(dialog_manager)
    if returnee is not None:
        await shut(session, returnee)
        await hidden_unopened(session, returnee)
        await emptied.ask_again(session, returnee, message.chat.id)
    await forget_said(session, message.chat.id)
    await say(session, message.chat.id, returnee, texts, Notice.HIDDEN, {"hide": True})


async def stop(message: Message, session: Session, returnee: Returnee | None) -> None:
    person = kept(returnee)
    pause(person)
    await tell(session, person, Notice.STOPPED)


async def write_again(query: CallbackQuery, session: Session, returnee: Returnee | None) -> None:
    if returnee is not None:
        await resume(session, returnee)
        await tell(session, returnee, Notice.RESUMED)


async def keep_hours(query: CallbackQuery, session: Session, returnee: Returnee | None) -> None:
    if returnee is not None:
        await tell(session, returnee, Notice.HOURS_RIGHT, edit=message_pressed(query))


async def change_hours(
    query: CallbackQuery, dialog_manager: DialogManager, returnee: Returnee | None
) -> None:
    await _open(dialog_manager, SafetyStates.window if returnee else MenuStates.main)


async def menu(query: CallbackQuery, dialog_manager: DialogManager) -> None:
    await _open(dialog_manager, MenuStates.main)


async def _open(manager: DialogManager, state: State) -> None:
    await manager.start(state, mode=StartMode.RESET_STACK)
