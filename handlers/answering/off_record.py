"""What was written for a window or as a sign goes off the screen."""

from aiogram.types import Message

from storage.kinds import NoticeClass
from storage.outbox.contents import Deletion
from storage.outbox.letters import Delivery, put
from storage.sessions import Session
from storage.tables.returnees import Returnee


async def take_off_screen(message: Message, session: Session, returnee: Returnee) -> None:
    """Whoever takes the phone next does not find it in the chat."""
    at_once = Delivery(NoticeClass.REPLY, priority=0, returnee_id=returnee.id)
    await put(session, message.chat.id, Deletion((message.message_id,)), at_once)
