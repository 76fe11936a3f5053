"""Whether a case looks different from before, without reading any of its words."""

from uuid import UUID
from zlib import crc32

from sqlalchemy import func, select

from domain.actors import Actor
from domain.cases.events import BEGINNINGS, SIGNALS
from domain.cases.finding import find_case
from domain.cases.states import to_act_by
from storage.kinds import Direction, OutboxState
from storage.sessions import Session
from storage.tables.cases import CaseEvent, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import PictureLock, Returnee, Safety


async def mark_of(session: Session, actor: Actor, case_id: UUID) -> str:
    """Stays the same until something is said, edited, heard, done or delivered, until it is due at
    another time or put off no longer, or until the person has to be contacted in another way.

    Raises NotAllowed and Refused.
    """
    case = await find_case(session, actor, case_id)
    event = await session.scalar(
        select(func.max(CaseEvent.number)).where(CaseEvent.case_id == case_id)
    )
    row = await session.execute(
        select(
            func.max(Message.number),
            func.count(Message.heard_at),
            # An edit is longer than what it replaces, by its time.
            func.sum(func.octet_length(Message.body)),
            func.count(OutboxRow.id).filter(OutboxRow.state == OutboxState.HELD),
            func.count(OutboxRow.id).filter(
                OutboxRow.state.not_in((OutboxState.HELD, OutboxState.WAITING))
            ),
            func.count(OutboxRow.held),
        )
        .outerjoin(OutboxRow, OutboxRow.id == Message.outbox_id)
        .where(Message.case_id == case_id)
    )
    # A case that comes back to whoever has it gets no line in its story.
    stands = (case.state, to_act_by(case), case.snoozed_until)
    now = crc32(repr((stands, await _contact(session, case.returnee_id))).encode())
    return "-".join(str(part or 0) for part in (event, *row.one(), now))


async def said_so_far(session: Session, case_id: UUID) -> str:
    """Stays the same until the person says something more, or something else in its place, or until
    the case is raised or opened again: nobody closes it over what they have not seen. Whoever
    calls has found the case.
    """
    signal = await session.scalar(
        select(func.max(CaseEvent.number)).where(
            CaseEvent.case_id == case_id, CaseEvent.kind.in_((*SIGNALS, *BEGINNINGS))
        )
    )
    said = await session.scalars(
        select(Message.body)
        .where(Message.case_id == case_id, Message.direction == Direction.FROM_RETURNEE)
        .order_by(Message.number)
    )
    return mark_over(signal, said.all())


def mark_over(*what: object) -> str:
    """Equal only for what is equal, and short enough for a button."""
    return f"{crc32(repr(what).encode()):08x}"


async def _contact(session: Session, returnee_id: UUID) -> tuple[object, ...]:
    """What decides how somebody is contacted safely, sealed or not."""
    found = await session.execute(
        select(
            Returnee.identity,
            Returnee.discretion,
            Returnee.shared_phone,
            Returnee.frozen_at,
            Returnee.blocked_at,
            Returnee.language,
            Returnee.paused_until,
            Returnee.country,
            Safety.never_first,
            Safety.window,
            Safety.wishes,
            PictureLock.shut_until,
        )
        .outerjoin(Safety, Safety.returnee_id == Returnee.id)
        .outerjoin(PictureLock, PictureLock.returnee_id == Returnee.id)
        .where(Returnee.id == returnee_id)
    )
    return tuple(found.one())
