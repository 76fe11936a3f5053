"""Words that a dialog asked for are kept where they belong, and nowhere else."""

from aiogram.types import Message

from domain.messages.keeping import take_off_record
from handlers.reading.contents import body_from
from storage.kinds import NoticeClass
from storage.outbox.contents import Deletion
from storage.outbox.letters import Delivery, put
from storage.sessions import Session
from storage.tables.returnees import Returnee


async def take_off(message: Message, session: Session, returnee: Returnee) -> None:
    """Out of the conversation that is kept, and off the screen."""
    await take_off_record(session, returnee, body_from(message))
    await take_off_screen(message, session, returnee)


async def take_off_screen(message: Message, session: Session, returnee: Returnee) -> None:
    """Whoever takes the phone next does not find it in the chat."""
    at_once = Delivery(NoticeClass.REPLY, priority=0, returnee_id=returnee.id)
    await put(session, message.chat.id, Deletion((message.message_id,)), at_once)
