"""Saying something to whoever an update is from, in the way their phone asks for."""

from typing import Any

from aiogram.types import InaccessibleMessage, Message

from dialogs.texts import Texts
from domain.cases.topics import has_topics
from domain.channels.telegram import reads_topics
from domain.notices import Notice, tell, tell_chat
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff


async def say(
    session: Session,
    chat_id: int,
    returnee: Returnee | None,
    texts: Texts,
    notice: Notice,
    params: dict[str, Any] | None = None,
) -> None:
    """Answers somebody, whether or not anything is kept about them."""
    if returnee is not None:
        await tell(session, returnee, notice, params)
    else:
        await tell_chat(session, chat_id, notice, params, language=texts.language)


async def answer_staff(
    session: Session,
    message: Message | InaccessibleMessage,
    staff: Staff,
    notice: Notice,
    params: dict[str, Any] | None = None,
    *,
    edit: int | None = None,
) -> None:
    """Where they wrote or pressed: in private, or in that topic. Of a message that is too old or
    gone Telegram tells the chat alone.
    """
    await tell_chat(
        session,
        message.chat.id,
        notice,
        params,
        language=staff.language,
        edit=edit,
        thread_id=_topic_of(message),
    )


async def hint_staff(session: Session, message: Message, staff: Staff) -> None:
    """What they can do here, and where words to a person go."""
    ours = await session.get_one(Organisation, staff.organisation_id)
    topics = reads_topics(ours) and await has_topics(session, ours.id)
    await answer_staff(session, message, staff, Notice.STAFF_HINT, {"topics": topics})


def _topic_of(message: Message | InaccessibleMessage) -> int | None:
    if isinstance(message, InaccessibleMessage) or not message.is_topic_message:
        return None
    return message.message_thread_id
