"""What a caseworker says of a signal afterwards: how grave it really was. It changes no case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain import audit
from domain.actors import Actor
from domain.cases.finding import find_case
from domain.errors import Refused
from domain.idempotency import came_before, id_of
from domain.lexicon.accuracy import heard_by_the_watch
from domain.lexicon.explaining import Decided, decided, own_version, owns_by
from domain.safeguarding.readings import ensure_may_read
from storage.kinds import Severity
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent
from storage.tables.marks import SignalMark


@dataclass(frozen=True, slots=True)
class Signal:
    """Of the watch, in a case; `meant` once somebody has said how grave it was."""

    event_id: UUID
    at: datetime
    said: Severity
    reasons: Sequence[str]
    meant: Severity | None
    #: None for one from before versions were kept.
    decided: Decided | None


async def signals_of(session: Session, actor: Actor, case_id: UUID) -> list[Signal]:
    """What the watch heard in a case, newest first. Raises NotAllowed and Refused."""
    case = await find_case(session, actor, case_id)
    await ensure_may_read(session, actor, case)
    found = await session.execute(
        select(CaseEvent, SignalMark.meant)
        .outerjoin(SignalMark, SignalMark.event_id == CaseEvent.id)
        .where(CaseEvent.case_id == case.id, CaseEvent.severity.is_not(None))
        .order_by(CaseEvent.number.desc())
    )
    heard = [(event, meant) for event, meant in found if heard_by_the_watch(event.reasons)]
    # A night of cries is decided by hardly more than one version.
    versions = [event.decided_by for event, _ in heard if event.decided_by]
    owns = await owns_by(session, case.organisation_id, versions)
    return [
        Signal(
            event.id,
            event.at,
            event.severity,
            tuple(event.reasons),
            meant,
            decided(owns[own_version(event.decided_by)], event.decided_by, event.reasons)
            if event.decided_by
            else None,
        )
        for event, meant in heard
        if event.severity is not None
    ]


async def mark_signal(
    session: Session, actor: Actor, case_id: UUID, event_id: UUID, meant: Severity
) -> None:
    """How grave it was after all; said again, the last word counts. Raises NotAllowed, Refused."""
    signals = await signals_of(session, actor, case_id)
    signal = next((each for each in signals if each.event_id == event_id), None)
    if signal is None:
        raise Refused("There is no such signal in this case.")
    case = await find_case(session, actor, case_id)
    await session.execute(
        insert(SignalMark)
        .values(event_id=event_id, **_values(case, signal.said, meant))
        .on_conflict_do_update(
            index_elements=[SignalMark.event_id],
            index_where=SignalMark.event_id.is_not(None),
            set_={"meant": meant},
        )
    )
    _marked(session, actor, case, signal.said, meant)


async def report_missed(
    session: Session, actor: Actor, case_id: UUID, meant: Severity, once: str = ""
) -> None:
    """Something in this case was a cry for help, and the watch stayed silent.

    Raises NotAllowed and Refused.
    """
    case = await find_case(session, actor, case_id, lock=True)
    await ensure_may_read(session, actor, case)
    if meant is Severity.NONE:
        raise Refused("Choose how grave it was.")
    mark_id = id_of(case.id, actor, once, "missed", meant)
    if await came_before(session, SignalMark, mark_id) is None:
        session.add(SignalMark(id=mark_id, **_values(case, Severity.NONE, meant)))
        _marked(session, actor, case, Severity.NONE, meant)


def _values(case: Case, said: Severity, meant: Severity) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "organisation_id": case.organisation_id,
        "language": case.language,
        "said": said,
        "meant": meant,
    }


def _marked(session: Session, actor: Actor, case: Case, said: Severity, meant: Severity) -> None:
    audit.done_by(session, actor, "signal.marked", case.id, said=said, meant=meant)
