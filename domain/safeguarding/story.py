"""Complaints as safeguarding reads them: all in a list, and all that was said in one (P10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, func, literal, select
from sqlalchemy.orm import aliased

from domain import audit
from domain.actors import Actor, Right
from domain.children.known import are_children_in_confidence
from domain.errors import Refused
from domain.illegible import if_legible
from domain.messages.sealing import as_far_as_it_opens, as_shown
from domain.returnees.enrolments import known_as
from domain.returnees.keys import data_key
from domain.safeguarding.finding import heard_by
from domain.safeguarding.recordings import must_be_heard_by
from domain.staff.accounts import name_of
from storage.kinds import ComplaintKind, Direction, MessageKind, OutboxState, Severity
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage
from storage.tables.staff import Staff


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
    #: Of words to the person: how far they got, as long as that is known, and the code of why they
    #: wait.
    delivery: OutboxState | None
    held: str | None
    #: Of a recording or picture: until when a human must have heard or seen it, when one has, and
    #: the name of whoever did first.
    listen_by: datetime | None
    heard_at: datetime | None
    heard_by: str | None

    @property
    def unheard(self) -> bool:
        return self.listen_by is not None and self.heard_at is None


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
            *heard_by(actor),
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
        select(ComplaintMessage, Staff, hearer, OutboxRow.state, OutboxRow.held)
        .outerjoin(Staff, Staff.id == ComplaintMessage.staff_id)
        .outerjoin(hearer, hearer.id == ComplaintMessage.heard_by)
        .outerjoin(OutboxRow, OutboxRow.id == ComplaintMessage.outbox_id)
        .where(ComplaintMessage.complaint_id == complaint_id)
        .order_by(ComplaintMessage.number)
    )
    return _line(session, *row), [await _told(session, *each) for each in messages]


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
        .where(*heard_by(actor))
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
    session: Session,
    message: ComplaintMessage,
    by: Staff | None,
    hearer: Staff | None,
    delivery: OutboxState | None,
    held: str | None,
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
        delivery=delivery,
        held=held if delivery is OutboxState.HELD else None,
        listen_by=must_be_heard_by(message),
        heard_at=message.heard_at,
        heard_by=name_of(session, hearer) if hearer else None,
    )
