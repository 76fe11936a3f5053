"""What was said within a complaint, on both sides, sealed under the person's key."""

from uuid import UUID, uuid4

from sqlalchemy import or_, select

from domain.cases.changes import mark_over
from domain.errors import Refused
from domain.messages.body import Body
from domain.messages.edits import merged
from domain.messages.keeping import change_body, row_id_of
from domain.messages.sealing import sealed, what_opens_of
from domain.returnees.keys import data_key
from storage.kinds import Direction, MessageKind, Role
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage
from storage.tables.staff import Staff


async def keep_told(
    session: Session,
    complaint: Complaint,
    kind: MessageKind,
    body: Body,
    *,
    row_id: UUID | None = None,
    staff_id: UUID | None = None,
    direction: Direction = Direction.FROM_RETURNEE,
) -> ComplaintMessage:
    key = await data_key(session, complaint.returnee_id)
    message = ComplaintMessage(
        id=row_id or uuid4(),
        complaint_id=complaint.id,
        returnee_id=complaint.returnee_id,
        direction=direction,
        kind=kind,
        at=session.now,
        body=sealed(key, ComplaintMessage, body),
        staff_id=staff_id,
    )
    session.add(message)
    await session.flush()
    return message


async def add_edit(
    session: Session, complaint: Complaint, message: ComplaintMessage, kind: MessageKind, body: Body
) -> None:
    """Whatever was confided stays, whoever edits it away: what comes with another picture or
    recording is a message of its own.
    """
    told = await what_opens_of(session, message)
    if told.get("file_id") != body.get("file_id"):
        await keep_told(session, complaint, kind, body)
        return
    await change_body(session, message, merged({**told, "cry": True}, body))


async def said_so_far(session: Session, complaint_id: UUID) -> str:
    """Stays the same until the person says something more, or something else in its place, or until
    something of it is forgotten: nobody answers or closes it over what they have not read. Whoever
    calls has found the complaint.
    """
    said = await session.scalars(
        select(ComplaintMessage.body)
        .where(
            ComplaintMessage.complaint_id == complaint_id,
            ComplaintMessage.direction == Direction.FROM_RETURNEE,
        )
        .order_by(ComplaintMessage.number)
    )
    return mark_over(said.all())


async def words_for(session: Session, returnee: Returnee, row_id: UUID) -> ComplaintMessage:
    """What safeguarding wrote to this person. Raises Refused."""
    message = await session.get(ComplaintMessage, row_id)
    if (
        message is None
        or message.returnee_id != returnee.id
        or message.direction is not Direction.TO_RETURNEE
    ):
        raise Refused("There is no such message for this person.")
    return message


async def told_as(session: Session, returnee: Returnee, number: int) -> ComplaintMessage | None:
    """What stands in their chat under this number, if it was told in confidence, by either side.
    Needs the service's scope.
    """
    row_id = await row_id_of(session, returnee, Body(number=number))
    sent = select(OutboxRow.id).where(
        OutboxRow.returnee_id == returnee.id, OutboxRow.message_id == number
    )
    return await session.scalar(
        select(ComplaintMessage).where(
            ComplaintMessage.returnee_id == returnee.id,
            or_(ComplaintMessage.id == row_id, ComplaintMessage.outbox_id.in_(sent)),
        )
    )


async def is_from_the_lead(session: Session, words: ComplaintMessage) -> bool:
    """Whether whoever does the safeguarding wrote them, and no administrator instead."""
    role = await session.scalar(select(Staff.role).where(Staff.id == words.staff_id))
    return role is Role.SAFEGUARDING
