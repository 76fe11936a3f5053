"""What a person and their caseworkers say to each other, sealed under the person's key."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.actors import Actor
from domain.cases.clock import wind
from domain.cases.opening import current_case, hear, open_or_append, organisation_of
from domain.returnees import data_key
from storage.cases import Case, Message
from storage.kinds import Direction, MessageKind, Severity
from storage.returnees import Returnee
from storage.sessions import Session
from storage.wakes import Topic

# What nobody can read automatically is urgent until a human has heard or seen it (P1).
UNREADABLE = frozenset(
    {MessageKind.VOICE, MessageKind.PHOTO, MessageKind.DOCUMENT, MessageKind.OTHER}
)
LISTEN_WITHIN = timedelta(minutes=60)


async def keep_message(
    session: Session,
    returnee: Returnee,
    case: Case | None,
    kind: MessageKind,
    body: dict[str, Any],
    at: datetime,
) -> Message | None:
    """Keeps what a person sent in the conversation of their case, and shows it to staff.

    `body` is {"text": …, "file_id": …}, as far as there is any; of a place, nothing is kept but
    that one was sent (P14). Without a `case` the person's own is taken: the open one, or one closed
    within 14 days, which reopens. Something unreadable opens one. None when there is nowhere to
    keep it. Needs the service's scope.
    """
    if kind in UNREADABLE:
        case = await open_or_append(
            session,
            returnee,
            case.organisation_id if case else await organisation_of(session, returnee),
            Severity.URGENT,
            [f"unread.{kind}"],
        )
    else:
        case = await current_case(session, returnee)
        if case is None:
            return None
        await hear(session, case)
    message = await _keep(
        session,
        case,
        Direction.FROM_RETURNEE,
        kind,
        {} if kind is MessageKind.LOCATION else body,
        at,
        listen_by=session.now + LISTEN_WITHIN if kind in UNREADABLE else None,
    )
    await wind(session, case)
    return message


async def keep_words(session: Session, case: Case, actor: Actor, text: str) -> Message:
    """A caseworker's words to the person, before they go out."""
    return await _keep(
        session,
        case,
        Direction.TO_RETURNEE,
        MessageKind.TEXT,
        {"text": text.strip()},
        session.now,
        staff_id=actor.staff_id,
    )


async def body_of(session: Session, message: Message) -> dict[str, Any]:
    """What it says: {"text": …, "file_id": …}, as far as there is any."""
    key = await data_key(session, message.returnee_id)
    body: dict[str, Any] = json.loads(key.open(message.body, "message body"))
    return body


async def _keep(
    session: Session,
    case: Case,
    direction: Direction,
    kind: MessageKind,
    body: dict[str, Any],
    at: datetime,
    *,
    staff_id: UUID | None = None,
    listen_by: datetime | None = None,
) -> Message:
    key = await data_key(session, case.returnee_id)
    message = Message(
        case_id=case.id,
        organisation_id=case.organisation_id,
        returnee_id=case.returnee_id,
        direction=direction,
        kind=kind,
        at=at,
        body=key.seal(json.dumps(body), "message body"),
        staff_id=staff_id,
        listen_by=listen_by,
    )
    session.add(message)
    await session.flush()
    session.wakes(Topic.CASES)
    return message
