"""What somebody may ask of us: a copy of what is kept, and to be forgotten, asked twice."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from dialogs.at_hand import kept
from dialogs.presses import CopyForMe, ForgetMe
from domain.notices import Notice, tell
from domain.privacy.asking import ask_to_be_forgotten
from domain.privacy.handing_over import ask_for_copy
from handlers.answering.leaving import leave_dialog
from storage.sessions import Session
from storage.tables.returnees import Returnee

# Minutes. A yes that is pressed later, perhaps by mistake, is asked for again.
_MEANT_WITHIN = 60


def forgetting_router() -> Router:
    router = Router(name="forgetting")
    router.callback_query.register(forget_me, ForgetMe.filter())
    router.callback_query.register(copy_for_me, CopyForMe.filter())
    return router


async def copy_for_me(query: CallbackQuery, session: Session, returnee: Returnee | None) -> None:
    await ask_for_copy(session, kept(returnee))


async def forget_me(
    query: CallbackQuery,
    callback_data: ForgetMe,
    dialog_manager: DialogManager,
    state: FSMContext,
    session: Session,
    returnee: Returnee | None,
) -> None:
    person = kept(returnee)
    minute = int(session.now.timestamp()) // 60
    if 0 <= minute - callback_data.asked <= _MEANT_WITHIN:
        await leave_dialog(dialog_manager)
        await state.clear()
        await ask_to_be_forgotten(session, person)
    else:
        await tell(session, person, Notice.FORGET_SURE, {"asked": minute})
