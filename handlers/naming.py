"""Somebody names who may be told of their silence: two messages, taken off the screen. Of a
contact's card only the name is taken.
"""

from aiogram import Router
from aiogram.types import Message
from aiogram_dialog import DialogManager

from dialogs.asking import ask_for_words
from dialogs.states import NamingStates
from dialogs.texts import Texts
from domain.errors import Refused
from domain.safety.silence_plan import checked_address, checked_name
from handlers.answering.keeping import keep_as_said
from handlers.answering.off_record import take_off_screen
from handlers.finding.asked import NAMES
from handlers.reading.contents import name_in
from handlers.reading.filters import SAID
from storage.sessions import Session
from storage.tables.returnees import Returnee


def naming_router() -> Router:
    router = Router(name="naming somebody")
    router.message.register(take_words, NAMES, SAID)
    return router


async def take_words(
    message: Message,
    dialog_manager: DialogManager,
    session: Session,
    returnee: Returnee,
    texts: Texts,
) -> None:
    said, window = dialog_manager.dialog_data, dialog_manager.current_context().state
    said.pop("refused", None)
    try:
        if window == NamingStates.who:
            said["who"] = checked_name(name_in(message))
            await ask_for_words(dialog_manager, NamingStates.how)
        else:
            said["how"] = checked_address(message.text or "")
            await dialog_manager.switch_to(NamingStates.until)
    except Refused as refusal:
        said["refused"] = texts.reason(refusal)
        await ask_for_words(dialog_manager, window)
        await keep_as_said(session, message, returnee)
    await take_off_screen(message, session, returnee)
    await dialog_manager.show()
