"""What safeguarding does with a complaint. Each verb raises NotAllowed or Refused (P10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from domain import audit
from domain.actors import Actor, Right
from domain.children.known import are_children_in_confidence
from domain.crisis import answering
from domain.errors import Refused
from domain.idempotency import id_of
from domain.illegible import if_legible
from domain.messages.body import Body
from domain.messages.recordings import ensure_heard, now_heard
from domain.messages.sealing import as_far_as_it_opens, as_shown
from domain.messages.sendable import ensure_sendable
from domain.notices import Notice, tell
from domain.retention_periods import REVIEWED_EVERY
from domain.returnees.enrolments import answers_for, known_as, pseudonym_of
from domain.returnees.keys import data_key
from domain.returnees.person import lock_person
from domain.safeguarding.complaints import new_complaint
from domain.safeguarding.listening import alert_safeguarding
from domain.safeguarding.messages import keep_told, said_so_far
from domain.safeguarding.recordings import must_be_heard_by, owe_hearing, unheard_by
from domain.staff.accounts import ensure_works_here, name_of
from storage.kinds import ComplaintKind, Direction, MessageKind, Role, Severity
from storage.sessions import Session
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage, Conflict, seen_by
from storage.tables.staff import Staff

# Somebody looks after it, and nothing came of that.
_ACT_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    id: UUID
    returnee_id: UUID
    code: str
    kind: ComplaintKind
    severity: Severity
    pseudonym: str
    opened_at: datetime
    #: The name of whoever looks after it.
    taken_by: str | None
    closed_at: datetime | None
    #: They said in it that they are a child, and the team does not know.
    of_child: bool


@dataclass(frozen=True, slots=True)
class Told:
    id: UUID
    at: datetime
    direction: Direction
    kind: MessageKind
    #: What it says now, and before what was edited away.
    texts: Sequence[str]
    file_id: str | None
    #: The name of whoever answered, or passed it on.
    by: str | None
    #: It was written to the person, and never arrives.
    unreached: bool
    #: Of a recording or picture: until when a human must have heard or seen it, when one has, and
    #: the name of whoever did first.
    listen_by: datetime | None
    heard_at: datetime | None
    heard_by: str | None

    @property
    def unheard(self) -> bool:
        return self.listen_by is not None and self.heard_at is None


async def pass_on(
    session: Session, actor: Actor, returnee_id: UUID, words: str, once: str = ""
) -> None:
    """A worker heard whom a person does not want: safeguarding sees to it, and no colleague learns
    who asked. Needs the service's scope.
    """
    actor.ensure_may(Right.SEE_PEOPLE)
    if not await pseudonym_of(session, actor, returnee_id):
        raise Refused("There is no such person.")
    ensure_sendable(words)
    row_id = id_of(returnee_id, actor, once, ComplaintKind.KEEP_AWAY, words.strip())
    if await session.get(ComplaintMessage, row_id) is not None:
        return
    complaint = await new_complaint(
        session,
        returnee_id,
        actor.organisation_id,
        ComplaintKind.KEEP_AWAY,
        raised_by=actor.staff_id,
    )
    body = Body(text=words.strip())
    await keep_told(
        session, complaint, MessageKind.TEXT, body, row_id=row_id, staff_id=actor.staff_id
    )
    audit.done_by(session, actor, "complaint.passed-on", complaint.id)
    await alert_safeguarding(session, complaint)


async def list_complaints(session: Session, actor: Actor) -> list[ComplaintLine]:
    """Those that are not closed, the newest first, then the others."""
    actor.ensure_may(Right.SAFEGUARD)
    found = await session.execute(
        _lines(actor).order_by(Complaint.closed_at.is_not(None), Complaint.opened_at.desc())
    )
    return [_line(session, *row) for row in found]


def waiting_for(actor: Actor) -> Select[int]:
    """How many of them nobody looks after; none for whoever hears none."""
    return (
        select(func.count())
        .select_from(Complaint)
        .where(
            literal(actor.may(Right.SAFEGUARD)),
            Complaint.closed_at.is_(None),
            Complaint.taken_by.is_(None),
            *_heard_by(actor),
        )
    )


async def read_complaint(
    session: Session, actor: Actor, complaint_id: UUID
) -> tuple[ComplaintLine, list[Told]]:
    """With its words opened. Reading is recorded."""
    actor.ensure_may(Right.SAFEGUARD)
    query = _lines(actor).where(Complaint.id == complaint_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise Refused("There is no such complaint.")
    audit.done_by(session, actor, "complaint.read", row[0].id)
    hearer = aliased(Staff)
    messages = await session.execute(
        select(ComplaintMessage, Staff, hearer)
        .outerjoin(Staff, Staff.id == ComplaintMessage.staff_id)
        .outerjoin(hearer, hearer.id == ComplaintMessage.heard_by)
        .where(ComplaintMessage.complaint_id == complaint_id)
        .order_by(ComplaintMessage.number)
    )
    return _line(session, *row), [await _told(session, *each) for each in messages]


async def take_complaint(session: Session, actor: Actor, complaint_id: UUID) -> None:
    """They look after it. Where nothing comes of that in a day, alerts begin again (P2)."""
    complaint = await _open_one(session, actor, complaint_id)
    complaint.taken_by = actor.staff_id
    complaint.next_alert_at = session.now + _ACT_WITHIN
    audit.done_by(session, actor, "complaint.taken", complaint.id)


async def answer_complaint(
    session: Session,
    actor: Actor,
    complaint_id: UUID,
    words: str,
    once: str = "",
    read: str | None = None,
) -> None:
    """Words to the person, on their phone; what they write back comes here.

    `read`: what had been said (domain/safeguarding/messages.py) when whoever answers last looked.
    What has come since is read first: from then on nobody is called for it.
    """
    complaint = await _open_one(session, actor, complaint_id)
    ensure_sendable(words)
    row_id = id_of(complaint.id, actor, once, words.strip())
    if await session.get(ComplaintMessage, row_id) is not None:
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
    complaint.next_alert_at = session.now + REVIEWED_EVERY
    audit.done_by(session, actor, "complaint.answered", complaint.id)


async def call_for_child(session: Session, actor: Actor, complaint_id: UUID) -> None:
    """Whoever looks after children hears that this is a child, as if it had been said to the team,
    and nothing of what was confided; the child hears of it when that may come. Needs the service's
    scope.
    """
    returnee = await _child_of(session, actor, complaint_id)
    returnee.child_in = None
    await answering.call_for_child(session, returnee, actor.organisation_id)
    audit.done_by(session, actor, "complaint.child-passed-on", complaint_id)


async def close_complaint(
    session: Session, actor: Actor, complaint_id: UUID, read: str | None = None
) -> None:
    """Nothing more is to be done, and nothing waits to be heard. What the person confides after
    that is a new one.

    `read`: as by whoever answers.
    """
    complaint = await _open_one(session, actor, complaint_id)
    await _ensure_read(session, complaint, read)
    ensure_heard(await unheard_by(session, complaint.id))
    complaint.closed_at, complaint.next_alert_at = session.now, None
    audit.done_by(session, actor, "complaint.closed", complaint.id)


async def mark_heard(session: Session, actor: Actor, complaint_id: UUID, message_id: UUID) -> None:
    """A human has heard this recording, or seen this picture; of a closed complaint, too."""
    complaint = await _find_one(session, actor, Complaint.id == complaint_id)
    message = await session.get(ComplaintMessage, message_id, populate_existing=True)
    if message is None or message.complaint_id != complaint.id:
        raise Refused("There is no such message.")
    if message.heard_at is None:
        await now_heard(session, message, actor.staff_id)
        await session.flush()
        await owe_hearing(session, complaint)


def _heard_by(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The same who are alerted: never whoever must not see the person, nor before it has words."""
    lead = aliased(Staff)
    stands_apart = exists().where(
        Conflict.staff_id == lead.id,
        Conflict.returnee_id == Complaint.returnee_id,
        Conflict.ended_at.is_(None),
    )
    a_lead_hears = exists().where(
        lead.organisation_id == Complaint.organisation_id,
        lead.role == Role.SAFEGUARDING,
        lead.disabled_at.is_(None),
        ~stands_apart,
    )
    for_me = (
        ~Complaint.past_lead
        if actor.role is Role.SAFEGUARDING
        else or_(Complaint.past_lead, ~a_lead_hears)
    )
    return (
        Complaint.organisation_id == actor.organisation_id,
        seen_by(actor.staff_id, Complaint.returnee_id),
        exists().where(ComplaintMessage.complaint_id == Complaint.id),
        for_me,
    )


def _lines(actor: Actor) -> Select[Complaint, str, Staff, bool]:
    """Also of people who have gone to another organisation since: what they said stays here."""
    pseudonym = known_as(Complaint.organisation_id, Complaint.returnee_id)
    of_child = exists().where(
        Returnee.id == Complaint.returnee_id,
        Returnee.child_in == Complaint.id,
        are_children_in_confidence(),
    )
    return (
        select(Complaint, func.coalesce(pseudonym, Complaint.code), Staff, of_child)
        .outerjoin(Staff, Staff.id == Complaint.taken_by)
        .where(*_heard_by(actor))
    )


def _line(
    session: Session, complaint: Complaint, pseudonym: str, taker: Staff | None, of_child: bool
) -> ComplaintLine:
    return ComplaintLine(
        id=complaint.id,
        returnee_id=complaint.returnee_id,
        code=complaint.code,
        kind=complaint.kind,
        severity=complaint.severity,
        pseudonym=pseudonym,
        opened_at=complaint.opened_at,
        taken_by=name_of(session, taker) if taker else None,
        closed_at=complaint.closed_at,
        of_child=of_child,
    )


async def _told(
    session: Session, message: ComplaintMessage, by: Staff | None, hearer: Staff | None
) -> Told:
    key = await if_legible(data_key(session, message.returnee_id))
    body, kind = as_far_as_it_opens(key, message)
    said = [cry["text"] for cry in body.get("earlier", ())] + [body.get("text")]
    return Told(
        id=message.id,
        at=message.at,
        direction=message.direction,
        kind=kind,
        texts=[as_shown(text) for text in dict.fromkeys(said) if text],
        file_id=body.get("file_id"),
        by=name_of(session, by) if by else None,
        unreached=message.unreached_at is not None,
        listen_by=must_be_heard_by(message),
        heard_at=message.heard_at,
        heard_by=name_of(session, hearer) if hearer else None,
    )


async def _child_of(session: Session, actor: Actor, complaint_id: UUID) -> Returnee:
    """Locked, unless it is passed on already, or the person has gone or asked to be forgotten."""
    actor.ensure_may(Right.SAFEGUARD)
    whose = select(Complaint.returnee_id).where(Complaint.id == complaint_id)
    if (returnee_id := await session.scalar(whose)) is not None:
        # By itself: whoever waited for them may hear nothing of them any more.
        await lock_person(session, returnee_id)
    returnee = await session.scalar(
        select(Returnee)
        .join(Complaint, Complaint.id == Returnee.child_in)
        .where(
            Complaint.id == complaint_id,
            are_children_in_confidence(),
            *_heard_by(actor),
            ~exists().where(Erasure.returnee_id == Returnee.id),
        )
        .execution_options(populate_existing=True)
    )
    if returnee is None or not await answers_for(session, returnee, actor.organisation_id):
        raise Refused("Somebody was called already, or they are no longer with you.")
    return returnee


async def _ensure_read(session: Session, complaint: Complaint, read: str | None) -> None:
    """Raises Refused."""
    if read is not None and read != await said_so_far(session, complaint.id):
        raise Refused("Something new has come since: read it first, then go on.")


async def _open_one(session: Session, actor: Actor, complaint_id: UUID) -> Complaint:
    # Whoever ends their access looks for their complaints once they have locked them.
    await ensure_works_here(session, actor)
    return await _find_one(
        session, actor, Complaint.id == complaint_id, Complaint.closed_at.is_(None)
    )


async def _find_one(session: Session, actor: Actor, *which: ColumnElement[bool]) -> Complaint:
    """Locked. Raises NotAllowed or Refused."""
    actor.ensure_may(Right.SAFEGUARD)
    # By itself: whoever waited for it may hear nothing of the person any more.
    ours = Complaint.organisation_id == actor.organisation_id
    await session.execute(select(Complaint.id).where(*which, ours).with_for_update())
    query = select(Complaint).where(*which, *_heard_by(actor))
    complaint = await session.scalar(query.execution_options(populate_existing=True))
    if complaint is None:
        raise Refused("There is no such complaint.")
    return complaint
