"""Words to a person that have not left yet: taken back, or planned for later."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select

from domain.actors import Actor
from domain.calendar import instant, zone
from domain.cases import states
from domain.cases.clock import owe_the_truth, wind
from domain.cases.events import audited
from domain.cases.finding import own_case
from domain.cases.reaching import attempts, last_stop
from domain.cases.waits import owed_since, unsettle_waits
from domain.errors import Refused
from domain.messages.sealing import what_opens_of
from domain.notices import ONLY_CONFIRMED
from domain.safety.contacts import contact_with
from domain.safety.judging import WORKERS_WORDS, Outgoing, held, waits_for_more
from domain.safety.rejudging import judge_barred
from domain.safety.window import UNKNOWN, window_of
from storage.keys.keyring import SealError
from storage.kinds import UNSENT, CaseState, Hold, OutboxState
from storage.outbox.contents import Notification
from storage.outbox.letters import content_of
from storage.outbox.unsent import call_off
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety

#: So long words lie still before they leave, in case a worker sees at once that they are wrong.
GRACE = timedelta(seconds=5)
#: From Telegram the button that takes them back has to get there first.
GRACE_IN_TELEGRAM = timedelta(seconds=10)
# What a worker chose or recorded, and did not type.
_READY = ("phrase", "service", "audio")
# Of what is held: for more than the hour.
_WAITS_FOR_MORE = OutboxRow.held.is_not(None) & (OutboxRow.held != Hold.WINDOW)
#: So far ahead words can be planned.
FARTHEST = timedelta(days=14)


async def moment_for(session: Session, case: Case, local: datetime) -> datetime:
    """The instant of that time on the person's clock, within the hours they called safe.

    Raises Refused.
    """
    returnee = await session.get_one(Returnee, case.returnee_id)
    safety = await session.get_one(Safety, returnee.id)
    window = await window_of(session, returnee.id, safety)
    if window == UNKNOWN:
        raise Refused("Their safe hours can't be read any more: leave the time empty.")
    place = zone(returnee.time_zone)
    leaves_at = instant(local, place)
    if leaves_at <= session.now:
        raise Refused("That time has passed there already.")
    if leaves_at > session.now + FARTHEST:
        raise Refused("Choose a time within the next two weeks.")
    if not window.holds(leaves_at.astimezone(place)):
        raise Refused("Choose a time within the hours they called safe.")
    return leaves_at


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a worker had typed, and chosen beside it."""

    #: Empty of what was only chosen.
    words: str
    #: They were to wait until somebody has made sure who is there.
    only_confirmed: bool
    #: When they were to leave, on the person's clock; None for at once.
    at: datetime | None


async def take_words_back(
    session: Session, actor: Actor, case_id: UUID, message_id: UUID
) -> TakenBack:
    """A message that has not left then never does, and is the worker's again.

    It was no attempt to reach anybody, so what it stopped runs on (P2). Raises NotAllowed, and
    Refused for one that is on its way or there.
    """
    case = await own_case(session, actor, case_id)
    unwritten = await unwrite(session, actor, case, message_id)
    message, row = unwritten.message, unwritten.row
    body = await what_opens_of(session, message)
    returnee = await session.get_one(Returnee, case.returnee_id)
    # What its hour found barred has another one since.
    is_planned = message.planned and row.held is None
    return TakenBack(
        body.get("text", "") if body.keys().isdisjoint(_READY) else "",
        unwritten.only_confirmed,
        row.not_before.astimezone(zone(returnee.time_zone)) if is_planned else None,
    )


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A message as it was, and how it would have gone."""

    message: Message
    row: OutboxRow
    only_confirmed: bool


async def unwrite(session: Session, actor: Actor, case: Case, message_id: UUID) -> Unwritten:
    """The same of a case that is the actor's, locked. Raises Refused."""
    message = await session.get(Message, message_id)
    row = await _row_of(session, case, message)
    # Once it is stopped it says nothing any more.
    only_confirmed = row is not None and _only_confirmed(session, row)
    if message is None or row is None or not await _stopped(session, row):
        raise Refused("It has left already, and can't be taken back.")
    await session.delete(message)
    await session.flush()
    await _as_if_unwritten(session, case)
    await unsettle_waits(session, case, message.at)
    audited(session, case, actor.staff_id, "took-back")
    return Unwritten(message, row, only_confirmed)


async def case_of_words(session: Session, message_id: UUID) -> UUID:
    """The case that they were written in. Raises Refused where they are gone."""
    case_id = await session.scalar(select(Message.case_id).where(Message.id == message_id))
    if case_id is None:
        raise Refused("It has left already, or was taken back.")
    return case_id


async def settle_before_goodbye(session: Session, case: Case) -> None:
    """What was planned for later never leaves; what lies still for a moment leaves at once. What
    waits for more than the hour is judged once the case is closed: nobody knows for how long.
    """
    await let_go(session, case)
    # What was planned may have met a pause or a doubt when its time came.
    for message, row in await _held(session, case, Message.planned.is_(True)):
        if await _stopped(session, row):
            await session.delete(message)
    await judge_barred(session, OutboxRow.case_id == case.id, _WAITS_FOR_MORE)


async def something_ends_unsent(session: Session, case: Case) -> bool:
    """Whether anything was written that has not left, and never does once the case is closed. What
    lies still is judged as it will be then: nothing holds it so far, but something may.
    """
    found = await session.execute(
        select(OutboxRow, Message.planned & (OutboxRow.state == OutboxState.HELD))
        .join(OutboxRow, OutboxRow.id == Message.outbox_id)
        .where(Message.case_id == case.id, OutboxRow.state.in_(UNSENT))
    )
    unsent = found.all()
    if not unsent:
        return False
    returnee = await session.get_one(Returnee, case.returnee_id)
    contact = await contact_with(session, returnee)
    return any(
        planned or waits_for_more(held(_once_closed(session, row), contact, session.now))
        for row, planned in unsent
    )


def _once_closed(session: Session, row: OutboxRow) -> Outgoing:
    """A reason to write at any hour counts only while the emergency is open."""
    return replace(WORKERS_WORDS, for_confirmed=_only_confirmed(session, row))


def _only_confirmed(session: Session, row: OutboxRow) -> bool:
    """Ticked, or written to somebody known (P13): of the latter only the row knows."""
    with suppress(SealError):
        content = content_of(row, session.keys) if row.content else None
        return isinstance(content, Notification) and bool(content.params.get(ONLY_CONFIRMED))
    return True


async def let_go(session: Session, case: Case) -> None:
    """What lies still for a moment leaves at once, lest what is said next is read before it."""
    for _, row in await _held(session, case, OutboxRow.held.is_(None), ~Message.planned):
        row.not_before, row.state = session.now, OutboxState.WAITING


async def _held(
    session: Session, case: Case, *which: ColumnElement[bool]
) -> Sequence[Row[Message, OutboxRow]]:
    """What leaves at this moment is left alone."""
    found = await session.execute(
        select(Message, OutboxRow)
        .join(OutboxRow, OutboxRow.id == Message.outbox_id)
        .where(Message.case_id == case.id, OutboxRow.state == OutboxState.HELD, *which)
        .with_for_update(of=OutboxRow, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def call_off_words(
    session: Session, returnee_id: UUID, organisation_id: UUID, *which: ColumnElement[bool]
) -> None:
    """What workers there wrote to the person, and what of this has not left, never does: they
    accompany them no longer.
    """
    unsent = await session.scalars(
        select(OutboxRow)
        .join(Message, Message.outbox_id == OutboxRow.id)
        .where(
            Message.returnee_id == returnee_id,
            Message.organisation_id == organisation_id,
            OutboxRow.state.in_(UNSENT),
            *which,
        )
    )
    for row in unsent.all():
        await _stopped(session, row)


async def _row_of(session: Session, case: Case, message: Message | None) -> OutboxRow | None:
    if message is None or message.case_id != case.id or message.outbox_id is None:
        return None
    return await session.get(OutboxRow, message.outbox_id)


async def _stopped(session: Session, row: OutboxRow) -> bool:
    return row.stand_in is not None and await call_off(session, row.stand_in)


async def count_attempts(session: Session, case: Case) -> list[datetime]:
    """Finds anew which was the first one since somebody is owed; returns all."""
    reached = await attempts(session, case)
    since = await owed_since(session, case)
    counted = [at for at in reached if since is None or at >= since]
    case.first_action_at = min(counted, default=None)
    if not reached:
        await owe_the_truth(session, case, they_ask=False)
    return reached


async def _as_if_unwritten(session: Session, case: Case) -> None:
    reached = await count_attempts(session, case)
    stop = await last_stop(session, case)
    if case.state is CaseState.SNOOZED:
        states.go_on(case, case.state)
    elif case.state is CaseState.WAITING and stop is not None:
        stopped_at, before = stop
        if all(at < stopped_at for at in reached):
            states.go_on(case, before)
    await wind(session, case)
