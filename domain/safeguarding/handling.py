"""What safeguarding does with a complaint. Each verb raises NotAllowed or Refused (P10)."""

from uuid import UUID

from domain import audit
from domain.actors import Actor
from domain.errors import Refused
from domain.idempotency import came_before, id_of
from domain.messages.recordings import ensure_heard, now_heard
from domain.messages.sendable import ensure_sendable
from domain.notices import Notice, tell
from domain.safeguarding.finding import find_complaint, find_open_complaint
from domain.safeguarding.listening import ACT_WITHIN
from domain.safeguarding.messages import keep_told, said_so_far
from domain.safeguarding.recordings import owe_hearing, unheard_by
from storage.kinds import Direction, MessageKind
from storage.sessions import Session
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage


async def take_complaint(session: Session, actor: Actor, complaint_id: UUID) -> None:
    """They look after it. Where nothing comes of that in a day, alerts begin again (P2)."""
    complaint = await find_open_complaint(session, actor, complaint_id)
    complaint.taken_by = actor.staff_id
    complaint.next_alert_at = session.now + ACT_WITHIN
    audit.done_by(session, actor, "complaint.taken", complaint.id)


async def answer_complaint(
    session: Session,
    actor: Actor,
    complaint_id: UUID,
    words: str,
    once: str = "",
    read: str | None = None,
) -> None:
    """Words to the person, on their phone; what they write back comes here. Where they are not
    there within a day, alerts begin again (P2).

    `read`: what had been said (domain/safeguarding/messages.py) when whoever answers last looked.
    What has come since is read first: from then on nobody is called for it.
    """
    complaint = await find_open_complaint(session, actor, complaint_id)
    ensure_sendable(words)
    row_id = id_of(complaint.id, actor, once, words.strip())
    if await came_before(session, ComplaintMessage, row_id) is not None:
        return
    await _ensure_read(session, complaint, read)
    message = await keep_told(
        session,
        complaint,
        MessageKind.TEXT,
        {"text": words.strip()},
        row_id=row_id,
        staff_id=actor.staff_id,
        direction=Direction.TO_RETURNEE,
    )
    returnee = await session.get_one(Returnee, complaint.returnee_id)
    told = {"message": str(message.id)}
    message.outbox_id = (await tell(session, returnee, Notice.SAFEGUARDING_WORDS, told)).id
    complaint.taken_by = actor.staff_id
    complaint.next_alert_at = session.now + ACT_WITHIN
    audit.done_by(session, actor, "complaint.answered", complaint.id)


async def close_complaint(
    session: Session, actor: Actor, complaint_id: UUID, read: str | None = None
) -> None:
    """Nothing more is to be done, and nothing waits to be heard. What the person confides after
    that is a new one.

    `read`: as by whoever answers.
    """
    complaint = await find_open_complaint(session, actor, complaint_id)
    await _ensure_read(session, complaint, read)
    ensure_heard(await unheard_by(session, complaint.id))
    complaint.closed_at, complaint.next_alert_at = session.now, None
    audit.done_by(session, actor, "complaint.closed", complaint.id)


async def mark_heard(session: Session, actor: Actor, complaint_id: UUID, message_id: UUID) -> None:
    """A human has heard this recording, or seen this picture; of a closed complaint, too."""
    complaint = await find_complaint(session, actor, complaint_id)
    message = await session.get(ComplaintMessage, message_id, populate_existing=True)
    if message is None or message.complaint_id != complaint.id:
        raise Refused("There is no such message.")
    if message.heard_at is None:
        await now_heard(session, message, actor.staff_id)
        await session.flush()
        await owe_hearing(session, complaint)


async def _ensure_read(session: Session, complaint: Complaint, read: str | None) -> None:
    """Raises Refused."""
    if read is not None and read != await said_so_far(session, complaint.id):
        raise Refused("Something new has come since: read it first, then go on.")
