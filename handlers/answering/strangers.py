"""A stranger who asks for what is kept of them is told that nothing is."""

from aiogram.types import Chat, ErrorEvent

from dialogs.texts import Texts
from domain.notices import Notice, tell_chat
from storage.sessions import Session


async def say_nothing_kept(
    event: ErrorEvent, session: Session, event_chat: Chat, texts: Texts
) -> None:
    await tell_chat(session, event_chat.id, Notice.NOTHING_KEPT, language=texts.language)
