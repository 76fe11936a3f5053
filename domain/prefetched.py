"""What keeping somebody's words asks the database, asked once for all whose words are handled
together.

The people are locked meanwhile, so nobody else opens a case of theirs or hears them. Whatever this
transaction changes itself is changed here, too, or forgotten: then the database is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Select, Uuid, bindparam, column, func, select, true
from sqlalchemy.dialects.postgresql import distinct_on

from storage.batches import at_most, one_of
from storage.kinds import CaseState, Direction, Purpose
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.check_ins import Answer
from storage.tables.consent import Consent
from storage.tables.service import DialogState

#: A receipt for every single message would drown the talk: so long there is no other.
LATELY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Written:
    """A message about to be handled, by what it would be kept and found under."""

    returnee_id: UUID
    message_id: UUID
    #: All keys under which an edit of it may wait.
    early_edit: Sequence[bytes]


@dataclass(slots=True)
class Known:
    """Of one person, at this moment."""

    #: The open case before any closed one, locked.
    newest_case: Case | None
    #: Their last word on a caseworker, and when that was.
    agreed: bool | None
    said_at: datetime | None
    #: Whether anything of theirs came within LATELY.
    wrote_lately: bool
    #: The message that nothing is kept of yet, and no edit of which waits.
    new: UUID | None
    #: When they last answered a question of a check-in.
    answered_at: datetime | None


def known(session: Session, returnee_id: UUID) -> Known | None:
    """None where it was not asked."""
    return _all(session).get(returnee_id)


def is_new(session: Session, returnee_id: UUID, message_id: UUID) -> bool:
    """Whether it is known that nothing is kept of this message; not known is no."""
    found = known(session, returnee_id)
    return found is not None and found.new == message_id


def forget(session: Session, returnee_id: UUID) -> None:
    """Something of it has changed."""
    _all(session).pop(returnee_id, None)


async def know_writers(session: Session, written: Sequence[Written]) -> None:
    """Asks for all of them. They are locked already."""
    if not written:
        return
    asked = [(each, key) for each in written for key in each.early_edit]
    given = {
        "people": [each.returnee_id for each, _ in asked],
        "messages": [each.message_id for each, _ in asked],
        "edits": [key for _, key in asked],
    }
    cases = await _newest_cases(session, [each.returnee_id for each in written])
    found = await session.execute(_FACTS, {**given, "lately": session.now - LATELY})
    for row in found:
        facts = _all(session).setdefault(
            row.id,
            Known(
                cases.get(row.id),
                row.granted,
                row.given_at,
                row.wrote_lately,
                row.message_id,
                row.answered_at,
            ),
        )
        if row.kept or row.edited:
            facts.new = None


async def _newest_cases(session: Session, people: Sequence[UUID]) -> Mapping[UUID, Case]:
    found = await session.scalars(_NEWEST, {"people": people})
    return {case.returnee_id: case for case in found}


def _newest() -> Select[Case]:
    newest = (
        select(Case.id)
        .where(one_of(Case.returnee_id, "people"))
        .ext(distinct_on(Case.returnee_id))
        .order_by(Case.returnee_id, (Case.state == CaseState.RESOLVED).asc(), Case.opened_at.desc())
    )
    return (
        select(Case)
        .where(Case.id.in_(newest))
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _facts() -> Select[UUID, UUID, bool | None, datetime | None, bool, bool, bool, datetime | None]:
    who = (
        func.unnest(
            bindparam("people", type_=ARRAY(Uuid)),
            bindparam("messages", type_=ARRAY(Uuid)),
            bindparam("edits", type_=ARRAY(LargeBinary)),
        )
        .table_valued(column("id", Uuid), column("message_id", Uuid), column("edit", LargeBinary))
        .render_derived()
    )
    said = (
        select(Consent.granted, Consent.given_at)
        .where(Consent.returnee_id == who.c.id, Consent.purpose == Purpose.CASEWORKER)
        .order_by(Consent.given_at.desc())
        .limit(at_most(1))
        .lateral("said")
    )
    lately = select(Message.id).where(
        Message.returnee_id == who.c.id,
        Message.direction == Direction.FROM_RETURNEE,
        Message.at > bindparam("lately"),
    )
    answered = select(func.max(Answer.at)).where(Answer.returnee_id == who.c.id)
    kept = select(Message.id).where(Message.id == who.c.message_id)
    edited = select(DialogState.key).where(DialogState.key == who.c.edit)
    return (
        select(
            who.c.id,
            who.c.message_id,
            said.c.granted,
            said.c.given_at,
            lately.exists().label("wrote_lately"),
            kept.exists().label("kept"),
            edited.exists().label("edited"),
            answered.scalar_subquery().label("answered_at"),
        )
        .select_from(who)
        .outerjoin(said, true())
    )


_NEWEST, _FACTS = _newest(), _facts()


def _all(session: Session) -> dict[UUID, Known]:
    facts: dict[UUID, Known] = session.info.setdefault("prefetched", {})
    return facts
