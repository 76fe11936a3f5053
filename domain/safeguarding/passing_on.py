"""What passes between the team and safeguarding: to them whom somebody does not want, and from them
that somebody is a child. No colleague learns what was confided (P10).
"""

from uuid import UUID

from sqlalchemy import exists, select

from domain import audit
from domain.actors import Actor, Right
from domain.children.known import are_children_in_confidence
from domain.crisis import answering
from domain.errors import Refused
from domain.idempotency import came_before, id_of
from domain.messages.body import Body
from domain.messages.sendable import ensure_sendable
from domain.returnees.enrolments import answers_for, organisation_of, pseudonym_of
from domain.returnees.person import lock_person
from domain.safeguarding.complaints import new_complaint
from domain.safeguarding.finding import heard_by
from domain.safeguarding.listening import alert_safeguarding
from domain.safeguarding.messages import keep_told
from storage.kinds import ComplaintKind, MessageKind
from storage.sessions import Session
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage


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
    if await came_before(session, ComplaintMessage, row_id) is not None:
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


async def call_for_child(session: Session, actor: Actor, complaint_id: UUID) -> None:
    """Whoever looks after children hears that this is a child, as if it had been said to the team,
    and nothing of what was confided; with whoever accompanies the child by now, if others do. The
    child hears of it when that may come. Needs the service's scope.
    """
    returnee = await _child_of(session, actor, complaint_id)
    returnee.child_in = None
    is_here = await answers_for(session, returnee, actor.organisation_id)
    where = actor.organisation_id if is_here else await organisation_of(session, returnee)
    await answering.call_for_child(session, returnee, where)
    audit.done_by(session, actor, "complaint.child-passed-on", complaint_id)


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
            *heard_by(actor),
            ~exists().where(Erasure.returnee_id == Returnee.id),
        )
        .execution_options(populate_existing=True)
    )
    if returnee is None:
        raise Refused("Somebody was called already, or they are no longer with you.")
    return returnee
