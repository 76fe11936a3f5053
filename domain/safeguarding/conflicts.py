"""Who of the staff must see nothing of whom: excluded by the person, complained of, stepped back.

They find no case, no person, no figure and no alert of them, on every page and in every chat; the
database holds it a second time. Nobody tells them why, and what was theirs goes to somebody else.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from domain import audit
from domain.actors import Actor, Right
from domain.cases.returning import leave_owed, put_back
from domain.cases.topics import take_topic
from domain.errors import Refused
from domain.messages.writers import judge_words_of
from domain.returnees.enrolments import known_as, pseudonym_where
from domain.returnees.person import lock_person
from domain.safeguarding.finding import may_know_of
from domain.safeguarding.recordings import hear_anew
from domain.safeguarding.returning import put_complaints_back
from domain.staff.accounts import name_of
from domain.staff.colleagues import is_kept_from_somebody
from domain.staff.team import colleagues_by_name, is_colleague
from storage.kinds import ConflictKind
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.returnees import Enrolment
from storage.tables.safeguarding import Complaint, Conflict, kept_from, seen_by
from storage.tables.staff import Staff
from storage.wakes import Topic


@dataclass(frozen=True, slots=True)
class KnownConflict:
    """A conflict as safeguarding sees it."""

    id: UUID
    returnee_id: UUID
    pseudonym: str
    #: The name of whoever must see nothing.
    staff: str
    kind: ConflictKind
    recorded_at: datetime


async def recuse(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """They step back from a person, for as long as safeguarding does not end it.

    Needs the service's scope, as everything that records a conflict. Raises NotAllowed or Refused.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    await known_here(session, actor, returnee_id)
    await _stand_apart(session, actor, returnee_id, actor.staff_id, ConflictKind.RECUSED)


async def keep_apart(
    session: Session, actor: Actor, returnee_id: UUID, staff_id: UUID, kind: ConflictKind
) -> None:
    """A colleague must see nothing of this person from now on. Raises NotAllowed or Refused."""
    actor.ensure_may(Right.SAFEGUARD)
    await known_here(session, actor, returnee_id)
    if staff_id == actor.staff_id:
        raise Refused("To step back yourself, use the button on the case.")
    if not await is_colleague(session, actor, staff_id):
        raise Refused("There is no such colleague.")
    await _stand_apart(session, actor, returnee_id, staff_id, kind)


async def known_here(session: Session, actor: Actor, returnee_id: UUID) -> str:
    """By what name; also of whoever left: what colleagues wrote is still here to be read. Raises
    Refused.
    """
    known = may_know_of(actor, Enrolment.returnee_id)
    pseudonym = await pseudonym_where(session, actor, returnee_id, known)
    if not pseudonym:
        raise Refused("There is no such person.")
    return pseudonym


async def end_conflict(session: Session, actor: Actor, conflict_id: UUID) -> None:
    """They may see this person again; never decided by themselves. Raises NotAllowed or Refused."""
    actor.ensure_may(Right.SAFEGUARD)
    conflict = await session.scalar(
        select(Conflict)
        .where(Conflict.id == conflict_id, *_shown_to(actor), Conflict.ended_at.is_(None))
        .with_for_update()
    )
    if conflict is None:
        raise Refused("There is no such exclusion.")
    conflict.ended_at = session.now
    _record(session, actor, "conflict.ended", conflict)


async def inherit_conflicts(session: Session, stray_id: UUID, returnee_id: UUID) -> None:
    """Whoever must not see somebody must not see the person whom they turned out to be."""
    case = await _case_of(session, returnee_id)
    known = set(await session.scalars(kept_from(returnee_id)))
    theirs = Conflict.returnee_id == stray_id, Conflict.ended_at.is_(None)
    found = await session.scalars(select(Conflict).where(*theirs))
    new = [conflict for conflict in found if conflict.staff_id not in known]
    organisations = {conflict.organisation_id for conflict in new}
    hear_of_them = [
        each
        for each in organisations
        if not await is_kept_from_somebody(session, each, returnee_id)
    ]
    for conflict in new:
        conflict.returnee_id = returnee_id
        if case is not None and case.claimed_by == conflict.staff_id:
            await put_back(session, case)
    await session.flush()
    for organisation_id in hear_of_them:
        await _leave_the_group(session, returnee_id, organisation_id)


async def lay_down_what_came(session: Session, returnee_id: UUID) -> None:
    """What came along from a stray rests with nobody who must not see the person, nor does what was
    the person's rest with anybody who must not see the stray.
    """
    for staff_id in (await session.scalars(kept_from(returnee_id))).all():
        await _lay_down(session, staff_id, returnee_id)


async def standing_conflicts(
    session: Session, actor: Actor, returnee_id: UUID | None = None
) -> list[KnownConflict]:
    """Those of one person or of everybody, newest first. Raises NotAllowed."""
    actor.ensure_may(Right.SAFEGUARD)
    pseudonym = known_as(Conflict.organisation_id, Conflict.returnee_id)
    query = (
        select(Conflict, pseudonym, Staff)
        .join(Staff, Staff.id == Conflict.staff_id)
        .where(*_shown_to(actor), Conflict.ended_at.is_(None), pseudonym.is_not(None))
        .order_by(Conflict.recorded_at.desc(), Conflict.id)
    )
    if returnee_id is not None:
        query = query.where(Conflict.returnee_id == returnee_id)
    return [
        KnownConflict(
            conflict.id,
            conflict.returnee_id,
            name,
            name_of(session, staff),
            conflict.kind,
            conflict.recorded_at,
        )
        for conflict, name, staff in await session.execute(query)
    ]


async def who_can_be_kept_apart(session: Session, actor: Actor) -> list[tuple[UUID, str]]:
    """Colleagues by name. Raises NotAllowed."""
    actor.ensure_may(Right.SAFEGUARD)
    return await colleagues_by_name(session, actor, Staff.id != actor.staff_id)


def _shown_to(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Nobody sees a conflict of their own, nor one of a person whom they must not see."""
    return (
        Conflict.organisation_id == actor.organisation_id,
        Conflict.staff_id != actor.staff_id,
        seen_by(actor.staff_id, Conflict.returnee_id),
        may_know_of(actor, Conflict.returnee_id),
    )


async def _stand_apart(
    session: Session, actor: Actor, returnee_id: UUID, staff_id: UUID, kind: ConflictKind
) -> None:
    """Recorded once, however often; a case that is theirs is everybody else's at once."""
    case = await _case_of(session, returnee_id)
    known = set(await session.scalars(kept_from(returnee_id)))
    if staff_id in known:
        return
    here = actor.organisation_id
    heard_nothing = await is_kept_from_somebody(session, here, returnee_id)
    conflict = Conflict(
        organisation_id=here,
        returnee_id=returnee_id,
        staff_id=staff_id,
        kind=kind,
        recorded_at=session.now,
        recorded_by=actor.staff_id,
    )
    session.add(conflict)
    await session.flush()
    _record(session, actor, "conflict.recorded", conflict)
    if case is not None and case.claimed_by == staff_id:
        await put_back(session, case)
    await _lay_down(session, staff_id, returnee_id)
    if not heard_nothing:
        await _leave_the_group(session, returnee_id, here)


async def _lay_down(session: Session, staff_id: UUID, returnee_id: UUID) -> None:
    """What they wrote to this person and still waits, what they owe, and what they look after."""
    await judge_words_of(session, staff_id, returnee_id)
    await leave_owed(session, staff_id, about=returnee_id)
    of_theirs = Complaint.returnee_id == returnee_id
    # This waits for whoever is at them; only then it is sure which are theirs.
    await hear_anew(session, of_theirs, heard_by=staff_id)
    await put_complaints_back(session, staff_id, of_theirs)


async def _leave_the_group(session: Session, returnee_id: UUID, organisation_id: UUID) -> None:
    """Whoever is kept apart reads there: what stands in the topics of the cases there goes.

    Which topic it was is remembered, so that what is written there until then is refused.
    """
    theirs = Case.returnee_id == returnee_id, Case.organisation_id == organisation_id
    for case in await session.scalars(select(Case).where(*theirs)):
        await take_topic(session, case)


async def _case_of(session: Session, returnee_id: UUID) -> Case | None:
    """Locked, so that of two who record the same, the second sees what the first did; the person
    first, as by whoever opens a case or hands one over.
    """
    await lock_person(session, returnee_id)
    return await session.scalar(
        select(Case)
        .where(Case.returnee_id == returnee_id, UNRESOLVED)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _record(session: Session, actor: Actor, action: str, conflict: Conflict) -> None:
    """Pages that are open on a screen look again at once, for what is theirs to see now."""
    audit.done_by(
        session,
        actor,
        action,
        conflict.returnee_id,
        kind=conflict.kind,
        about=str(conflict.staff_id),
    )
    session.wakes(Topic.CASES)
