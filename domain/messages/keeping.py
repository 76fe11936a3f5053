"""What a person and their caseworkers say to each other, sealed under the person's key."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from domain import prefetched
from domain.actors import Actor
from domain.cases.clock import owe_the_truth, wind_to
from domain.cases.owing import owe_anew
from domain.cases.thanks import is_only_thanks
from domain.consent.reading import wants_no_reader
from domain.messages.body import Body, of_a_place
from domain.messages.edits import as_edited, early_keys, merged, message_id
from domain.messages.sealing import sealed, what_opens_of
from domain.returnees.chats import chat_id_of, returnee_of_chat
from domain.returnees.enrolments import organisation_of
from domain.returnees.keys import data_key
from domain.signals.opening import current_case, hear, open_or_append
from storage.batches import at_most
from storage.kinds import UNREADABLE, CaseState, Direction, MessageKind, Severity
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import ComplaintMessage
from storage.wakes import Topic

# What nobody can read automatically is urgent until a human has heard or seen it (P1).
LISTEN_WITHIN = timedelta(minutes=60)


async def keep_message(
    session: Session,
    returnee: Returnee,
    case: Case | None,
    kind: MessageKind,
    body: Body,
    at: datetime,
) -> Message | None:
    """Keeps what a person sent in the conversation of their case, and shows it to staff.

    `body` is as domain/messages/body.py says: an edit changes the message that is kept, and the
    original of an edit that came first adds nothing but a cry. What another case has of it stays
    as it was said there, and this one gets a message of its own; so does a recording or picture
    that would take the place of one that nobody has opened, or lose its own to one. Of a place,
    nothing is kept but that one was sent (P14). Without a `case` the person's own is taken: the
    open one, or one closed within 14 days, which reopens. Something unreadable opens one. None
    when there is nowhere to keep it, or when they want nobody to read it. Needs the service's
    scope.
    """
    case = await _case_for(session, returnee, case, kind, body)
    if case is None:
        return None
    said = of_a_place(body) if kind is MessageKind.LOCATION else body
    # Once the case is locked nobody marks it as heard any more.
    row_id, kept = await _kept_in(session, returnee, case, kind, body)
    if kept is not None:
        await _edit(session, kept, kind, said)
    else:
        if row_id is not None and not prefetched.is_new(session, returnee.id, row_id):
            said = await as_edited(session, chat_id_of(session, returnee), said)
        by = _listen_by(session, kind)
        from_them = Direction.FROM_RETURNEE
        kept = await _keep(session, case, from_them, kind, said, at, row_id=row_id, listen_by=by)
    if kept.heard_at is None and kept.listen_by is not None and kept.listen_by > session.now:
        wind_to(case, kept.listen_by)
    await owe_anew(session, case)
    return kept


async def _case_for(
    session: Session, returnee: Returnee, case: Case | None, kind: MessageKind, body: Body
) -> Case | None:
    """Where it is to lie, and whoever has that case owes an answer."""
    if kind in UNREADABLE:
        where = case.organisation_id if case else await organisation_of(session, returnee)
        return await open_or_append(session, returnee, where, Severity.URGENT, [f"unread.{kind}"])
    if case is None and await wants_no_reader(session, returnee):
        return None
    current = await current_case(session, returnee)
    if current is not None and not _is_settled(current, body):
        await owe_the_truth(session, current, they_ask=True)
        await hear(session, current)
    return current


def _is_settled(case: Case, body: Body) -> bool:
    """They were answered, and say no more than thanks: staff read it, and owe them nothing."""
    return case.state is CaseState.WAITING and is_only_thanks(body.get("text", ""))


async def keep_ours(
    session: Session,
    case: Case,
    actor: Actor,
    kind: MessageKind,
    body: Body,
    *,
    row_id: UUID | None = None,
) -> Message:
    """What a caseworker says to the person, before it goes out."""
    return await _keep(
        session,
        case,
        Direction.TO_RETURNEE,
        kind,
        body,
        session.now,
        row_id=row_id,
        staff_id=actor.staff_id,
    )


async def change_body(session: Session, message: Message | ComplaintMessage, body: Body) -> None:
    key = await data_key(session, message.returnee_id)
    message.body = sealed(key, type(message), body)
    await session.flush()
    session.wakes(Topic.CASES)


async def wrote_lately(session: Session, returnee: Returnee) -> bool:
    """Whether something of theirs is kept already of the last minutes."""
    known = prefetched.known(session, returnee.id)
    if known is not None:
        return known.wrote_lately
    found = await session.scalar(
        select(Message.id)
        .where(
            Message.returnee_id == returnee.id,
            Message.direction == Direction.FROM_RETURNEE,
            Message.at > session.now - prefetched.LATELY,
        )
        .limit(at_most(1))
    )
    return found is not None


async def know_writers(session: Session, numbers: Mapping[int, int]) -> None:
    """Before the messages with these numbers, by chat, are handled: asks once what keeping each of
    them would ask. Their people are known, and locked.
    """
    written = []
    for chat_id, number in numbers.items():
        returnee = await returnee_of_chat(session, chat_id)
        if returnee is None:
            continue
        body = Body(number=number)
        row_id = await row_id_of(session, returnee, body)
        assert row_id is not None
        written.append(prefetched.Written(returnee.id, row_id, early_keys(session, chat_id, body)))
    await prefetched.know_writers(session, written)


async def _kept_in(
    session: Session, returnee: Returnee, case: Case, kind: MessageKind, body: Body
) -> tuple[UUID | None, Message | None]:
    """The id under which it lies or will lie in this case, and what lies there. Whoever has another
    case of theirs may accompany them no longer, or have closed it with what it said before.
    """
    row_id = await row_id_of(session, returnee, body)
    if row_id is None or prefetched.is_new(session, returnee.id, row_id):
        return row_id, None
    key, chat_id = await data_key(session, returnee.id), chat_id_of(session, returnee)
    here = message_id(key, chat_id, body, case.id)
    by_file = message_id(key, chat_id, body, case.id, body.get("file_id"))
    found = await session.scalars(
        select(Message)
        .where(Message.id.in_((row_id, here, by_file)))
        .execution_options(populate_existing=True)
    )
    kept = {each.id: each for each in found}
    ours = [each for each in kept.values() if each.case_id == case.id]
    if not ours:
        return (here if kept else row_id), None
    message = next((each for each in ours if each.id == by_file), ours[0])
    if message.id != by_file and await _loses_what_nobody_opened(session, message, kind, body):
        return by_file, None
    return message.id, message


async def _loses_what_nobody_opened(
    session: Session, message: Message, kind: MessageKind, body: Body
) -> bool:
    """Of two files in one message only the newer is left, and the other may be the cry (P1)."""
    kept = await what_opens_of(session, message)
    stays, comes = kept.get("file_id"), body.get("file_id")
    if stays == comes:
        return False
    if merged(kept, body).get("file_id") == stays:
        return kind in UNREADABLE
    return message.kind in UNREADABLE and message.heard_at is None


async def row_id_of(session: Session, returnee: Returnee, body: Body) -> UUID | None:
    """Of a message and its edits; None for what has no number."""
    if "number" not in body:
        return None
    key = await data_key(session, returnee.id)
    return message_id(key, chat_id_of(session, returnee), body)


async def _edit(session: Session, message: Message, kind: MessageKind, body: Body) -> None:
    # Of what no key opens any more, what they say now is all that there is.
    kept = await what_opens_of(session, message)
    if _is_the_same(kept, body):
        return
    says = merged(kept, body)
    # Of what can't be shown there is no file to tell it by.
    is_unread_now = kind in UNREADABLE and message.kind not in UNREADABLE
    if is_unread_now or says.get("file_id") != kept.get("file_id"):
        # What a human has heard is not what is there now.
        message.kind, message.listen_by = kind, _listen_by(session, kind)
        message.heard_at = message.heard_by = message.forget_at = None
    await change_body(session, message, says)


def _is_the_same(kept: Body, come: Body) -> bool:
    """They come once more, as by two ways to the case, and are no edit of themselves. On one of the
    ways more is carried along, in lines below.
    """
    if any(kept.get(part) != come.get(part) for part in ("file_id", "edited")):
        return False
    said: str = kept.get("text", "")
    says: str = come.get("text", "")
    if kept.get("carried") and not come.get("carried"):
        return not says or said.startswith(f"{says}\n")
    return said == says


def _listen_by(session: Session, kind: MessageKind) -> datetime | None:
    return session.now + LISTEN_WITHIN if kind in UNREADABLE else None


async def _keep(
    session: Session,
    case: Case,
    direction: Direction,
    kind: MessageKind,
    body: Body,
    at: datetime,
    *,
    row_id: UUID | None,
    staff_id: UUID | None = None,
    listen_by: datetime | None = None,
) -> Message:
    key = await data_key(session, case.returnee_id)
    message = Message(
        id=row_id or uuid4(),
        case_id=case.id,
        organisation_id=case.organisation_id,
        returnee_id=case.returnee_id,
        direction=direction,
        kind=kind,
        at=at,
        body=sealed(key, Message, body),
        staff_id=staff_id,
        listen_by=listen_by,
    )
    session.add(message)
    known = prefetched.known(session, case.returnee_id)
    if known is None:
        await session.flush()
    elif direction is Direction.FROM_RETURNEE:
        known.wrote_lately, known.new = True, None
    session.wakes(Topic.CASES)
    return message
