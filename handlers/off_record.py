"""Words that a dialog asked for are kept where they belong, and nowhere else."""

from aiogram.types import Message

from domain.messages import take_off_record
from handlers.contents import body_of
from storage.kinds import NoticeClass
from storage.outbox import Delivery, put
from storage.returnees import Returnee
from storage.sessions import Session


async def take_off(message: Message, session: Session, returnee: Returnee) -> None:
    """Out of the conversation that is kept, and off the screen."""
    await take_off_record(session, returnee, body_of(message))
    off_the_screen = Delivery(NoticeClass.REPLY, priority=0, returnee_id=returnee.id)
    await put(session, message.chat.id, {"delete": [message.message_id]}, off_the_screen)
