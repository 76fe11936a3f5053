"""What somebody may ask of us: a copy of what is kept, and to be forgotten, asked twice."""

from datetime import timedelta

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from dialogs.presses import CopyForMe, ForgetMe
from dialogs.texts import Texts
from domain.notices import Notice, tell
from domain.privacy.asking import ask_to_be_forgotten
from domain.privacy.handing_over import ask_for_copy
from handlers.showing import say
from storage.returnees import Returnee
from storage.sessions import Session

# A yes that is pressed later, perhaps by mistake, is asked for again.
_MEANT_WITHIN = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def forgetting_router() -> Router:
    router = Router(name="forgetting")
    router.callback_query.register(forget_me, ForgetMe.filter())
    router.callback_query.register(copy_for_me, CopyForMe.filter())
    return router


async def copy_for_me(
    query: CallbackQuery, session: Session, returnee: Returnee | None, texts: Texts
) -> None:
    if returnee is None:
        await say(session, query.from_user.id, None, texts, Notice.NOTHING_KEPT)
    else:
        await ask_for_copy(session, returnee)


async def forget_me(
    query: CallbackQuery,
    callback_data: ForgetMe,
    dialog_manager: DialogManager,
    state: FSMContext,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
) -> None:
    minute = int(session.now.timestamp()) // 60
    if returnee is None:
        await say(session, query.from_user.id, None, texts, Notice.NOTHING_KEPT)
    elif 0 <= minute - callback_data.asked <= _MEANT_WITHIN // _MINUTE:
        await dialog_manager.reset_stack(remove_keyboard=False)
        dialog_manager.current_stack().last_message_id = None
        await state.clear()
        await ask_to_be_forgotten(session, returnee)
    else:
        await tell(session, returnee, Notice.FORGET_SURE, {"asked": minute})
