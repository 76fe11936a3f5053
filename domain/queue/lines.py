"""The queue: who needs a human, most dangerous first, then longest due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from domain.actors import Actor, Right
from domain.cases.events import CAME_BACK, SIGNS, are_signals, waits_since
from domain.cases.finding import of_somebody_leaving, pseudonym
from domain.cases.states import to_act_by, waits_for_us
from domain.distress.assessment import each_once
from domain.paging import MOST, Page
from domain.queue.view import EVERYTHING, View
from domain.returnees.phone import who_is_there
from domain.staff import name_of
from storage.batches import at_most
from storage.kinds import CaseState, Direction, Identity, Severity
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.cases import AT_WORK, DANGER, DUE, Case, CaseEvent, Message
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import seen_by
from storage.tables.staff import Staff


class Part(StrEnum):
    """Whose a case is now."""

    WAITING = "waiting"
    MINE = "mine"
    COLLEAGUES = "colleagues"
    CLOSED = "closed"


UNRESOLVED = (Part.WAITING, Part.MINE, Part.COLLEAGUES)


@dataclass(frozen=True, slots=True)
class QueueLine:
    id: UUID
    code: str
    severity: Severity
    state: CaseState
    pseudonym: str
    identity: Identity
    language: str
    opened_at: datetime
    #: When it was opened, or opened again; or, if they were answered, became graver, went back to
    #: the queue, or had words that nobody answered.
    waits_since: datetime
    #: Whether they still do: nobody has tried to reach them since, or nobody has their case.
    waits: bool
    #: By when somebody has to act, if anybody has to.
    deadline_at: datetime | None
    #: The name of whoever has it.
    claimed_by: str | None
    mine: bool
    signals: int
    #: Codes of the rules behind all that makes it as grave as it is, the newest first, behind the
    #: last signal, and of what came back since.
    reasons: Sequence[str]


class _Found(NamedTuple):
    """Of a case, as it is asked for."""

    case: Case
    returnee: Returnee
    pseudonym: str
    holder: Staff | None
    signals: int
    #: Of each signal as grave as the case, of the last signal, and of what came last at all.
    gravest: Sequence[Sequence[str]] | None
    last: Sequence[str] | None
    newest: Sequence[str] | None
    waits_since: datetime | None


async def queue(
    session: Session,
    actor: Actor,
    part: Part,
    after: UUID | None = None,
    most: int = MOST,
    view: View = EVERYTHING,
) -> Page[QueueLine]:
    """A page of the organisation's cases, most dangerous first; of the closed ones, newest first.
    Among one's own that are as dangerous, who is owed words comes before who is to answer.

    It begins after the case `after`, and has only what the view lets in. Raises NotAllowed.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    found = await session.execute(
        select(
            Case,
            Returnee,
            pseudonym().label("pseudonym"),
            Staff,
            _signals().label("signals"),
            _gravest_reasons().label("gravest"),
            _last_reasons(are_signals()).label("last"),
            _last_reasons(or_(are_signals(), CaseEvent.kind.in_(CAME_BACK))).label("newest"),
            waits_since().label("waits_since"),
        )
        .join(Returnee, Returnee.id == Case.returnee_id)
        .outerjoin(Staff, Staff.id == Case.claimed_by)
        .where(*_of(actor, part), *view.holds(), await _behind(session, part, after))
        .order_by(*_order(part))
        .limit(at_most(most + 1))
    )
    cases = [_Found(**by_name(row, case=Case, returnee=Returnee, holder=Staff)) for row in found]
    return Page.of([_line(session, actor, each) for each in cases], most)


def _line(session: Session, actor: Actor, found: _Found) -> QueueLine:
    case, holder = found.case, found.holder
    reasons = chain(*(found.gravest or ()), found.last or (), found.newest or ())
    return QueueLine(
        id=case.id,
        code=case.code,
        severity=case.severity,
        state=case.state,
        pseudonym=found.pseudonym,
        identity=who_is_there(found.returnee, session.now),
        language=case.language,
        opened_at=case.opened_at,
        waits_since=found.waits_since or case.opened_at,
        waits=waits_for_us(case),
        deadline_at=to_act_by(case),
        claimed_by=name_of(session, holder) if holder else None,
        mine=case.claimed_by == actor.staff_id,
        signals=found.signals,
        reasons=each_once(reasons),
    )


async def most_dangerous(session: Session, actor: Actor, most: int) -> list[QueueLine]:
    """Of all that are unresolved, whoever has them. Raises NotAllowed."""
    lines: list[QueueLine] = []
    for part in UNRESOLVED:
        lines += (await queue(session, actor, part, most=most)).lines
    return sorted(lines, key=_urgency)[:most]


async def count_cases(session: Session, actor: Actor, *parts: Part) -> int:
    """Raises NotAllowed."""
    actor.ensure_may(Right.WORK_ON_CASES)
    total = 0
    for part in parts:
        total += await session.scalar(select(func.count()).where(*_of(actor, part))) or 0
    return total


async def newest_waiting(
    session: Session, actor: Actor, *, beside: UUID | None = None
) -> datetime | None:
    """When the last of those came, came back or became graver that wait for anybody, in whatever
    view, beside this case. Raises NotAllowed.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    return await session.scalar(
        select(Case.came_at)
        .where(
            *_of(actor, Part.WAITING), Case.came_at.is_not(None), Case.id.is_distinct_from(beside)
        )
        .order_by(Case.came_at.desc())
        .limit(at_most(1))
    )


async def newest_signs(
    session: Session, actor: Actor, *, beside: UUID | None = None
) -> dict[UUID, datetime | None]:
    """When something last came into each case that is the actor's by no worker of it: the person
    wrote or pressed something or fell silent, or it came up for another reason (`SIGNS`); and into
    the case `beside`, whoever has it. What they edit bears the time at which it was first said, and
    is none. Raises NotAllowed.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    words = select(func.max(Message.at)).where(
        Message.case_id == Case.id, Message.direction == Direction.FROM_RETURNEE
    )
    lines = select(func.max(CaseEvent.at)).where(
        CaseEvent.case_id == Case.id, CaseEvent.kind.in_(SIGNS), CaseEvent.staff_id.is_(None)
    )
    sign = func.greatest(
        words.correlate(Case).scalar_subquery(), lines.correlate(Case).scalar_subquery()
    )
    ours, mine = _ours(actor), and_(*_of(actor, Part.MINE))
    asked = select(Case.id, sign).where(*ours, or_(mine, Case.id == beside))
    return dict((await session.execute(asked)).all())


def _of(actor: Actor, part: Part) -> tuple[ColumnElement[bool], ...]:
    ours = _ours(actor)
    at_work = Case.state.in_(AT_WORK)
    match part:
        case Part.WAITING:
            return *ours, Case.state == CaseState.OPEN
        case Part.MINE:
            return *ours, at_work, Case.claimed_by == actor.staff_id
        case Part.COLLEAGUES:
            return *ours, at_work, Case.claimed_by.is_distinct_from(actor.staff_id)
        case Part.CLOSED:
            return *ours, Case.state == CaseState.RESOLVED, ~of_somebody_leaving()


def _ours(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Case.organisation_id == actor.organisation_id,
        seen_by(actor.staff_id, Case.returnee_id),
    )


def _order(part: Part) -> list[Any]:
    keys = _keys(part)
    return [key.desc() for key in keys] if part is Part.CLOSED else keys


async def _behind(session: Session, part: Part, after: UUID | None) -> ColumnElement[bool]:
    """Everything, where there is no such case to be seen."""
    keys = _keys(part)
    last = None
    if after is not None:
        last = (await session.execute(select(*keys).where(Case.id == after))).one_or_none()
    if last is None:
        return true()
    return tuple_(*keys) < tuple_(*last) if part is Part.CLOSED else tuple_(*keys) > tuple_(*last)


def _keys(part: Part) -> list[Any]:
    """What a list goes by is what its index goes by; only one's own are few enough for more."""
    match part:
        case Part.CLOSED:
            return [Case.resolved_at, Case.id]
        case Part.MINE:
            return [DANGER, Case.state != CaseState.CLAIMED, DUE, Case.id]
        case _:
            return [DANGER, DUE, Case.id]


def _urgency(line: QueueLine) -> tuple[int, bool, datetime]:
    owes_nothing = line.state not in (CaseState.OPEN, CaseState.CLAIMED)
    return -line.severity.rank, owes_nothing, line.deadline_at or line.waits_since


def _signals() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(CaseEvent.case_id == Case.id, are_signals())
        .correlate(Case)
        .scalar_subquery()
    )


def _gravest_reasons() -> ScalarSelect[list[list[str]]]:
    """The newest first."""
    newest_first = aggregate_order_by(CaseEvent.reasons, CaseEvent.number.desc())
    return (
        select(func.jsonb_agg(newest_first, type_=JSONB))
        .where(CaseEvent.case_id == Case.id, are_signals(), CaseEvent.severity == Case.severity)
        .correlate(Case)
        .scalar_subquery()
    )


def _last_reasons(of: ColumnElement[bool]) -> ScalarSelect[list[str]]:
    return (
        select(CaseEvent.reasons)
        .where(CaseEvent.case_id == Case.id, of)
        .order_by(CaseEvent.number.desc())
        .limit(at_most(1))
        .correlate(Case)
        .scalar_subquery()
    )
