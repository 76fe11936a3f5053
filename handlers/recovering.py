"""What can't be done ends in a clear answer: old buttons, forged ones, and refusals (P9).

Everything else is a fault of ours, and is raised: the lanes try again, and then set it aside.
"""

from aiogram import Dispatcher, Router
from aiogram.enums import ChatType
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import CallbackQuery, Chat, ErrorEvent, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent

from dialogs.at_hand import NothingKept
from dialogs.states import MenuStates
from dialogs.texts import Texts
from domain.errors import Refusal
from domain.notices import Notice, tell, tell_chat
from handlers.answering.answers import PressAnswer
from handlers.answering.leaving import leave_dialog
from handlers.answering.showing import answer_staff, hint_staff, say
from handlers.helping import help_command
from handlers.reading.contents import calls_for_help
from handlers.reading.filters import OF_STAFF
from storage.outbox.letters import sent_as
from storage.sessions import Session
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff


def recover(dispatcher: Dispatcher) -> None:
    lost = ExceptionTypeFilter(UnknownIntent, OutdatedIntent)
    dispatcher.errors.register(do_nothing, lost, in_group)
    dispatcher.errors.register(leave_menu, lost, OF_STAFF)
    dispatcher.errors.register(fresh_menu, lost)
    dispatcher.errors.register(say_nothing_kept, ExceptionTypeFilter(NothingKept))
    dispatcher.errors.register(say_no, ExceptionTypeFilter(Refusal))


def unknown_buttons_router() -> Router:
    """The last one: a button that nobody above knows any more."""
    router = Router(name="unknown buttons")
    router.callback_query.register(answer_unknown_button)
    return router


async def answer_unknown_button(
    query: CallbackQuery, dialog_manager: DialogManager, texts: Texts, answer: PressAnswer
) -> None:
    answer.say(texts("That button is old. Here is a fresh menu."))
    await _show_menu(dialog_manager)


async def in_group(event: ErrorEvent, event_chat: Chat) -> bool:
    return event_chat.type != ChatType.PRIVATE


async def do_nothing(event: ErrorEvent) -> None:
    """No dialog of ours was ever shown in a group."""


async def leave_menu(
    event: ErrorEvent,
    dialog_manager: DialogManager,
    session: Session,
    staff: Staff,
    texts: Texts,
    answer: PressAnswer,
) -> None:
    """It was open before they joined, and stands in the way of nothing that they do next."""
    await leave_dialog(dialog_manager)
    if event.update.callback_query is not None:
        answer.say(texts("That did not work. Nothing was changed."), alert=True)
    elif event.update.message is not None:
        await hint_staff(session, event.update.message, staff)


async def fresh_menu(
    event: ErrorEvent,
    dialog_manager: DialogManager,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
    answer: PressAnswer,
) -> None:
    update, query = event.update, event.update.callback_query
    frozen = returnee is not None and returnee.frozen_at is not None
    if query is not None and not frozen and await _stands_there(session, query, dialog_manager):
        # Pressed twice: the first press has led there, and the second leads nowhere else.
        await dialog_manager.show(ShowMode.EDIT)
        return
    if query is not None:
        answer.say(texts("That button is old. Here is a fresh menu."))
    if returnee is not None and frozen:
        await tell(session, returnee, Notice.FROZEN)
    else:
        await _show_menu(dialog_manager)
    # Nothing that is lost may stand between somebody and a human.
    if update.message is not None and calls_for_help(update.message):
        await help_command(update.message, session, returnee, texts)


async def _show_menu(manager: DialogManager) -> None:
    """Below everything else, since nobody sees what becomes fresh further up; one at most."""
    await manager.start(
        MenuStates.main, mode=StartMode.RESET_STACK, show_mode=ShowMode.DELETE_AND_SEND
    )


async def _stands_there(session: Session, query: CallbackQuery, manager: DialogManager) -> bool:
    """Whether the window that is shown now took the place of the one that was pressed."""
    if query.message is None or not manager.has_context():
        return False
    shown = manager.current_stack().last_message_id
    return shown is not None and await sent_as(session, shown) == query.message.message_id


async def say_nothing_kept(
    event: ErrorEvent, session: Session, event_chat: Chat, texts: Texts
) -> None:
    """A stranger asked for what is kept of them."""
    await tell_chat(session, event_chat.id, Notice.NOTHING_KEPT, language=texts.language)


async def say_no(
    event: ErrorEvent,
    session: Session,
    staff: Staff | None,
    returnee: Returnee | None,
    texts: Texts,
    answer: PressAnswer,
) -> None:
    """Staff read the reason; a returnee reads that nothing has changed."""
    asked = event.update.event
    sentence = texts("That did not work. Nothing was changed.")
    if staff is not None and isinstance(event.exception, Refusal):
        sentence = texts.reason(event.exception)
    if isinstance(asked, CallbackQuery):
        answer.say(sentence, alert=True)
    elif isinstance(asked, Message) and staff is not None:
        params = {"sentence": sentence}
        await answer_staff(session, asked, staff, Notice.STAFF_REFUSED, params)
    elif isinstance(asked, Message):
        await say(session, asked.chat.id, returnee, texts, Notice.NOT_DONE)
