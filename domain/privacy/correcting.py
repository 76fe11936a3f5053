"""What was written wrongly is not rewritten: the person's note stands beside it, for all to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.errors import Refused
from domain.messages.arrival import has_come
from domain.messages.keeping import change_body
from domain.messages.sealing import what_opens_of
from domain.returnees.phone import may_be_shown
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.cases import Message
from storage.tables.returnees import Returnee

#: So many messages are offered on a page; and one message carries so many notes.
OFFERED, MOST_NOTES = 8, 20


@dataclass(frozen=True, slots=True)
class Correctable:
    id: UUID
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    said: Sequence[Correctable] = ()
    #: After which message the next page begins; None where there is nothing older.
    older: UUID | None = None


async def correctable(session: Session, returnee: Returnee, behind: UUID | None) -> Offer:
    """A page of what was said, by either side, newest first, after that message; nothing
    to whoever may be somebody else (P13).
    """
    if not may_be_shown(returnee, session.now):
        return Offer()
    query = select(Message).where(Message.returnee_id == returnee.id, has_come())
    if behind is not None:
        theirs = (Message.id == behind) & (Message.returnee_id == returnee.id)
        number = select(Message.number).where(theirs).scalar_subquery()
        query = query.where(Message.number < number)
    found = (
        await session.scalars(query.order_by(Message.number.desc()).limit(at_most(OFFERED + 1)))
    ).all()
    page = [(each, await what_opens_of(session, each)) for each in found[:OFFERED]]
    return Offer(
        [Correctable(each.id, each.at, body["text"]) for each, body in page if body.get("text")],
        page[-1][0].id if len(found) > OFFERED else None,
    )


async def find_correctable(session: Session, returnee: Returnee, message_id: UUID) -> Message:
    """One of theirs, locked. Raises Refused for somebody else's as for none."""
    message = await session.scalar(
        select(Message)
        .where(Message.id == message_id, Message.returnee_id == returnee.id, has_come())
        .with_for_update()
    )
    if message is None or not may_be_shown(returnee, session.now):
        raise Refused("There is no such message for this person.")
    return message


async def correct(session: Session, returnee: Returnee, message_id: UUID, text: str) -> None:
    """What is right, in the person's words. Raises Refused."""
    message = await find_correctable(session, returnee, message_id)
    body = await what_opens_of(session, message)
    notes = [*body.get("corrections", ()), {"text": text.strip(), "at": session.now.isoformat()}]
    if len(notes) > MOST_NOTES:
        raise Refused("There are many notes on this message already: please ask for a person.")
    await change_body(session, message, {**body, "corrections": notes})
