"""What was written for a window or as a sign: off the screen, and for nobody to read."""

from aiogram.types import Message

from domain.identity.agreed_words import unsaid
from domain.messages.body import Body
from storage.kinds import NoticeClass
from storage.outbox.contents import Deletion
from storage.outbox.letters import Delivery, put
from storage.sessions import Session
from storage.tables.returnees import Returnee


async def take_off_screen(message: Message, session: Session, returnee: Returnee) -> None:
    """Whoever takes the phone next does not find it in the chat."""
    at_once = Delivery(NoticeClass.REPLY, priority=0, returnee_id=returnee.id)
    await put(session, message.chat.id, Deletion((message.message_id,)), at_once)


async def without_agreed_words(session: Session, returnee: Returnee, body: Body) -> Body:
    """What is kept of it: never both of the words by which they are known again."""
    said = body.get("text", "")
    left = await unsaid(session, returnee, said)
    return body if left == said else {**body, "text": left}
