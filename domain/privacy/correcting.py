"""What was written wrongly is not rewritten: the person's note stands beside it, for all to see."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.errors import Refused
from domain.messages import body_of, change_body
from domain.returnees import data_key, may_be_shown
from storage.cases import Message
from storage.returnees import Returnee
from storage.sessions import Session

#: So many of the newest messages are offered; and one message carries so many notes.
OFFERED, MOST_NOTES = 8, 20


@dataclass(frozen=True, slots=True)
class Correctable:
    id: UUID
    at: datetime
    text: str


async def correctable(session: Session, returnee: Returnee) -> Sequence[Correctable]:
    """What was said lately, by either side, newest first; nothing to whoever may be somebody else
    (P13).
    """
    if not may_be_shown(returnee, session.now):
        return ()
    key = await data_key(session, returnee.id)
    found = await session.scalars(
        select(Message)
        .where(Message.returnee_id == returnee.id)
        .order_by(Message.number.desc())
        .limit(OFFERED)
    )
    said = [(each, json.loads(key.open(each.body, "message body"))) for each in found]
    return [Correctable(each.id, each.at, body["text"]) for each, body in said if body.get("text")]


async def find_correctable(session: Session, returnee: Returnee, message_id: UUID) -> Message:
    """One of theirs, locked. Raises Refused for somebody else's as for none."""
    message = await session.scalar(
        select(Message)
        .where(Message.id == message_id, Message.returnee_id == returnee.id)
        .with_for_update()
    )
    if message is None or not may_be_shown(returnee, session.now):
        raise Refused("There is no such message for this person.")
    return message


async def correct(session: Session, returnee: Returnee, message_id: UUID, text: str) -> None:
    """What is right, in the person's words. Raises Refused."""
    message = await find_correctable(session, returnee, message_id)
    body = await body_of(session, message)
    notes = [*body.get("corrections", ()), {"text": text.strip(), "at": session.now.isoformat()}]
    if len(notes) > MOST_NOTES:
        raise Refused("There are many notes on this message already: please ask for a person.")
    await change_body(session, message, {**body, "corrections": notes})
