"""What was on its way to staff and will never arrive: others hear it instead (P2)."""

from sqlalchemy import exists, select

from domain.actors import Right, roles_with
from domain.alerts.heard import is_heard_all_the_same
from domain.alerts.telling import call_others, widen
from domain.channels.reaching import reach_staff
from domain.channels.telegram import group_takes_nothing, takes_nothing
from domain.notices import Notice
from domain.returnees.person import lock_person
from domain.staff.browsers import is_in_the_console
from storage.keys.keyring import SealError
from storage.kinds import CaseState
from storage.outbox.contents import TopicDeletion
from storage.outbox.letters import chat_of
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.safeguarding import clear_of, kept_from
from storage.tables.staff import Staff, works_for


async def alert_never_arrived(session: Session, row: OutboxRow, *, blocked: bool) -> None:
    """This row has just failed for good. Needs the service's scope.

    Without a look at what it says, or how it travels: that may be just what nobody could read.
    """
    if row.returnee_id is not None:
        # It went to them, and not to staff.
        return
    keys = _chat_keys(session, row)
    staff = await session.scalar(
        select(Staff)
        .where(Staff.telegram_chat_key.in_(keys))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if staff is not None and blocked:
        await takes_nothing(session, staff, row.created_at)
    elif blocked:
        await _group_takes_nothing(session, keys)
    if row.case_id is None:
        return
    case = await session.get_one(Case, row.case_id)
    await lock_person(session, case.returnee_id)
    await session.refresh(case, with_for_update=True)
    if staff is not None and not await _may_hear(session, case, staff):
        # By no other way of theirs either.
        staff = None
    unreached = [staff.id] if staff else []
    if await is_heard_all_the_same(session, case, row.created_at, unreached, lost=row.id):
        return
    holder = staff or await _holder_without_chat(session, case)
    if holder is not None and await _waits_for(session, case, holder, row):
        await call_others(session, case)
    else:
        await widen(session, case)


async def topic_stays(session: Session, deletion: TopicDeletion) -> None:
    """Telegram does not let us delete it: whoever plans duty, and so may change which group it is,
    hears that somebody must do it by hand, but for whom it is to be hidden from (P6, P10).
    """
    if deletion.organisation_id is None:
        return
    kept = kept_from(Case.returnee_id).where(Case.code == deletion.code)
    called = await session.scalars(
        select(Staff).where(
            works_for(deletion.organisation_id),
            Staff.role.in_(roles_with(Right.PLAN_DUTY)),
            Staff.id.not_in(kept),
        )
    )
    params = {"code": deletion.code}
    await reach_staff(
        session, deletion.organisation_id, called.all(), Notice.STAFF_TOPIC_STAYS, params
    )


async def _group_takes_nothing(session: Session, keys: list[bytes]) -> None:
    """If it is a staff group's, and no other has been named since."""
    whose = select(Organisation).where(Organisation.staff_chat_key.in_(keys))
    organisation = await session.scalar(whose)
    if organisation is not None:
        await group_takes_nothing(session, organisation)


def _chat_keys(session: Session, row: OutboxRow) -> list[bytes]:
    """Under which staff may have its chat: while keys are rotated, it has the newer hash first."""
    try:
        return session.keys.look_ups(chat_of(row, session.keys), "chat")
    except SealError:
        return [row.lane]


async def _holder_without_chat(session: Session, case: Case) -> Staff | None:
    """Whoever has the case, where nobody is called in Telegram any more as theirs: their access may
    have been renewed while this was on its way.
    """
    return await session.scalar(
        select(Staff).where(Staff.id == case.claimed_by, Staff.telegram_chat_key.is_(None))
    )


async def _may_hear(session: Session, case: Case, staff: Staff) -> bool:
    """False where they are kept apart from the person since they were called."""
    there = select(Staff.id).where(Staff.id == staff.id, clear_of(case.returnee_id))
    return await session.scalar(there) is not None


async def _waits_for(session: Session, case: Case, staff: Staff, row: OutboxRow) -> bool:
    """Whether they have the case, and since they were to hear this did nothing in it. Who is in the
    console sees it there.
    """
    if case.state is not CaseState.CLAIMED or case.claimed_by != staff.id:
        return False
    did = exists().where(
        CaseEvent.case_id == case.id,
        CaseEvent.staff_id == staff.id,
        CaseEvent.at >= row.created_at,
    )
    return not (await is_in_the_console(session, staff.id) or await session.scalar(select(did)))
