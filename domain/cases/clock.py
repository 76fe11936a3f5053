"""When a case must be looked at again: the one instant by which the tick finds what is due."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import exists, func, select

from domain.calendar import zone
from domain.cases.advice import answer_owed_by
from domain.cases.deadlines import PACES, deadline
from domain.cases.holidays import holidays_of_all
from domain.cases.states import ALERTS_BEFORE_WIDENING
from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE, each_by_itself
from storage.kinds import CaseEventKind, CaseState
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case, CaseEvent, Message
from storage.tables.duty import TimeOff
from storage.tables.organisations import Organisation


async def wind(session: Session, case: Case) -> None:
    """Sets the instant anew, after the case has changed."""
    unheard, answer_owed = await unheard_by(session, case.id), await answer_owed_by(session, case)
    case.next_alert_at = next_look(case, session.now, unheard, answer_owed)


async def owe_the_truth(session: Session, case: Case, *, they_ask: bool) -> None:
    """They ask, or what had answered them never came: where the case became graver, or was opened
    again, without a word of theirs, they are to hear all the same that nobody has answered yet
    (P11). So they are where it was opened like that, once they ask.
    """
    unasked = {CaseEventKind.RAISED, CaseEventKind.REOPENED}
    if they_ask:
        unasked.add(CaseEventKind.OPENED)
    judged = exists().where(
        CaseEvent.case_id == case.id,
        CaseEvent.kind.in_(unasked),
        # Whoever was told in truth was told later than that.
        CaseEvent.at == case.told_waiting_at,
    )
    is_owed_one = case.first_action_at is None and case.told_waiting_at is not None
    if is_owed_one and await session.scalar(select(judged)):
        case.told_waiting_at = None
        await wind(session, case)


def wind_to(case: Case, by: datetime) -> None:
    """Somebody must look by then, too; what was owed sooner stays so."""
    case.next_alert_at = min(by, case.next_alert_at or by)


async def unheard_by(session: Session, case_id: UUID) -> datetime | None:
    """When the oldest recording that nobody has heard must have been heard."""
    return await session.scalar(
        select(func.min(Message.listen_by)).where(
            Message.case_id == case_id, Message.heard_at.is_(None)
        )
    )


async def bring_back(session: Session) -> None:
    """After a clock that was ahead has been set right: nothing is owed to anybody later than if it
    were set now (P2). What somebody has locked is left for the next time. Needs the service's
    scope.
    """
    unheard = await session.execute(
        select(Message.case_id, func.min(Message.listen_by))
        .where(Message.listen_by.is_not(None), Message.heard_at.is_(None))
        .group_by(Message.case_id)
    )
    listen_by: dict[UUID, datetime] = {case_id: by for case_id, by in unheard if by is not None}
    # Held here, as the session alone would read them again for each case.
    theirs = {each.id: each for each in await session.scalars(select(Organisation))}
    ahead = await session.scalars(
        select(Case)
        .where(UNRESOLVED, Case.next_alert_at > session.now)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    # Nowhere is it an earlier day than yesterday by UTC.
    off = await holidays_of_all(session, session.now.date() - timedelta(days=1))
    step = partial(_bring_back, organisations=theirs, off=off, listen_by=listen_by)
    await each_by_itself(session, ahead.all(), step, _look_soon, "alerts.failed")


async def _bring_back(
    session: Session,
    case: Case,
    organisations: Mapping[UUID, Organisation],
    off: Mapping[UUID, Sequence[TimeOff]],
    listen_by: Mapping[UUID, datetime],
) -> None:
    now, organisation = session.now, organisations[case.organisation_id]
    place, holidays = zone(organisation.time_zone), off.get(organisation.id, ())
    due = deadline(case.severity, now, place, organisation.settings, holidays)
    case.deadline_at = _sooner(case.deadline_at, due)
    claim = max(due, now + PACES[case.severity].claim)
    case.claim_deadline_at = _sooner(case.claim_deadline_at, claim)
    look = next_look(case, now, listen_by.get(case.id), await answer_owed_by(session, case))
    if look is not None:
        wind_to(case, look)


async def _look_soon(session: Session, case: Case) -> None:
    wind_to(case, session.now + LOOK_AGAIN_AT_A_BROKEN_ONE)


def _sooner(instant: datetime | None, bound: datetime) -> datetime | None:
    return None if instant is None else min(instant, bound)


def next_look(
    case: Case, now: datetime, listen_by: datetime | None, advised_by: datetime | None
) -> datetime | None:
    """None while nothing is owed to the person.

    What is overdue is owed once per repetition, so an outage ends in one alert and no burst.
    """
    owed: list[datetime | None] = []
    if case.state is CaseState.OPEN:
        owed = [_next_alert(case, now), _answer_owed(case)]
    elif case.state is CaseState.CLAIMED:
        owed = [case.claim_deadline_at or advised_by or now, _answer_owed(case)]
    elif case.state is CaseState.SNOOZED:
        owed = [case.snoozed_until]
    if listen_by is not None and case.state is not CaseState.RESOLVED:
        owed.append(listen_by if listen_by > now else now + PACES[case.severity].repeat)
    return min((instant for instant in owed if instant is not None), default=None)


def _answer_owed(case: Case) -> datetime | None:
    """The deadline, until somebody acted or the person was told that nobody has."""
    if case.first_action_at is None and case.told_waiting_at is None:
        return case.deadline_at
    return None


def _next_alert(case: Case, now: datetime) -> datetime:
    """At once, at half the deadline, at the deadline, then on and on."""
    if case.alerts_sent == 0:
        return now
    left = case.deadline_at - now if case.deadline_at is not None else None
    if left is None or left.total_seconds() <= 0 or case.alerts_sent > ALERTS_BEFORE_WIDENING:
        return now + PACES[case.severity].repeat
    return now + left / 2 if case.alerts_sent == 1 else now + left
