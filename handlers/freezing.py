"""A frozen chat: places, an empty screen, and a human who is asked for unseen. Nothing else is
there, whatever is pressed, forged or typed.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.api.entities import Context
from aiogram_dialog.utils import remove_intent_id

from dialogs.presses import AnswerQuestion, AskForHuman, CoverAgain, DidNotWork, ToServices
from dialogs.states import ServicesStates
from domain.crisis.answering import ask_for_human
from domain.errors import Refused
from domain.notices import Notice, tell
from domain.stop_word.freezing import give_sign, hear_frozen_press
from handlers.answering.leaving import leave_dialog
from handlers.checking_in import hear_press
from handlers.commands import hide, press_services, services
from handlers.correcting import went_elsewhere
from handlers.finding.routing import Door
from handlers.opening import cover_again
from handlers.reading.filters import COMMAND, WANTS_HELP, Known, called, nobody_called
from handlers.reporting import did_not_work
from storage.sessions import Session
from storage.tables.returnees import Returnee

_TO_MENU = "menu"


def _is_frozen(known: Mapping[str, Any]) -> bool:
    returnee: Returnee | None = known["returnee"]
    return returnee is not None and returnee.frozen_at is not None


_FROZEN = (Known(_is_frozen),)


def frozen_router() -> Router:
    router = Door("frozen", message=_FROZEN, edited_message=_FROZEN, callback_query=_FROZEN)
    router.message.register(ask_unseen, WANTS_HELP)
    router.edited_message.register(ask_unseen, WANTS_HELP, nobody_called)
    router.message.register(services, called("services"))
    router.message.register(hide, called("hide"))
    router.message.register(show_menu, COMMAND)
    router.message.register(stay_quiet)
    router.callback_query.register(press_services, ToServices.filter())
    router.callback_query.register(cover_again, CoverAgain.filter())
    router.callback_query.register(did_not_work, DidNotWork.filter())
    router.callback_query.register(press_unseen, AskForHuman.filter())
    router.callback_query.register(answer_unseen, AnswerQuestion.filter())
    router.callback_query.register(press_for_menu, is_elsewhere)
    return router


async def is_elsewhere(query: CallbackQuery, aiogd_context: Context | None = None) -> bool:
    """Everything but the buttons of the list of places that is open. A press that names no dialog
    is none of them, though it comes with the context of whatever is open.
    """
    among_places = (
        aiogd_context is not None
        and aiogd_context.state.group is ServicesStates
        and remove_intent_id(query.data or "")[0] == aiogd_context.id
    )
    return not among_places or (query.data or "").endswith(_TO_MENU)


async def stay_quiet(message: Message, dialog_manager: DialogManager, state: FSMContext) -> None:
    """What was said there is answered already, by the sentence that was agreed on. If it was the
    stop word, the dialog went with the rest of the chat, and so did a message to be put right.
    """
    await went_elsewhere(state)
    await leave_dialog(dialog_manager)


async def show_menu(message: Message, session: Session, returnee: Returnee) -> None:
    await tell(session, returnee, Notice.FROZEN)


async def press_for_menu(query: CallbackQuery, session: Session, returnee: Returnee) -> None:
    await tell(session, returnee, Notice.FROZEN)


async def answer_unseen(
    query: CallbackQuery, callback_data: AnswerQuestion, session: Session, returnee: Returnee
) -> None:
    """A question that came more than two days before stays, whatever empties the chat: what is
    pressed below it counts as ever, and no further question shows.
    """
    with suppress(Refused):
        await hear_press(session, returnee, callback_data)
    returnee.typing_for = None
    await hear_frozen_press(session, returnee)


async def ask_unseen(message: Message, session: Session, returnee: Returnee, found: bool) -> None:
    """As ever; but only the agreed sentence shows, and `found` says that it does already."""
    await ask_for_human(session, returnee)
    if not found:
        await give_sign(session, returnee)


async def press_unseen(query: CallbackQuery, session: Session, returnee: Returnee) -> None:
    await ask_for_human(session, returnee)
    await give_sign(session, returnee)
