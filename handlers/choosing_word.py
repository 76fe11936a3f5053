"""A stop word: typed twice, and taken off the screen."""

from base64 import b64decode, b64encode

from aiogram import Router
from aiogram.types import Message
from aiogram_dialog import DialogManager

from dialogs.asking import ask_for_words
from dialogs.states import StopWordStates
from dialogs.texts import Texts
from domain.errors import Refused
from domain.stop_word.choosing import is_same, propose, take
from handlers.answering.keeping import keep_as_said
from handlers.answering.off_record import take_off_screen
from handlers.finding.asked import STOP_WORD
from handlers.reading.filters import SAID
from storage.sessions import Session
from storage.tables.returnees import Returnee


def choosing_word_router() -> Router:
    router = Router(name="choosing a word")
    router.message.register(take_word, STOP_WORD, SAID)
    return router


async def take_word(
    message: Message,
    dialog_manager: DialogManager,
    session: Session,
    returnee: Returnee,
    texts: Texts,
) -> None:
    data = dialog_manager.dialog_data
    data.pop("refused", None)
    try:
        if "word" in data and not message.text:
            await ask_for_words(dialog_manager, StopWordStates.again)
        elif "word" in data:
            await _rehearse(message, dialog_manager, session, returnee)
        else:
            word = await propose(session, returnee, message.text or "")
            data["word"] = b64encode(word).decode()
            await ask_for_words(dialog_manager, StopWordStates.again)
    except Refused as refusal:
        data.pop("word", None)
        data["refused"] = texts.reason(refusal)
        await ask_for_words(dialog_manager, StopWordStates.word)
        await keep_as_said(session, message, returnee)
    else:
        await take_off_screen(message, session, returnee)
    await dialog_manager.show()


async def _rehearse(
    message: Message, manager: DialogManager, session: Session, returnee: Returnee
) -> None:
    """It is theirs only when it works for them. Raises Refused."""
    data = manager.dialog_data
    word = b64decode(data.pop("word"))
    if not await is_same(session, returnee, word, message.text or ""):
        raise Refused("That was another word. Please begin again.")
    await take(session, returnee, word, data["signs"])
    await manager.switch_to(StopWordStates.rehearsed)
