"""Putting alerts on their way through channels, and saying so where one fails.

What goes there is what goes to staff in Telegram: nothing about a person (P8).
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from domain.actors import Right, roles_with
from domain.notices import Notice, tell_chat
from domain.staff import chat_of_staff
from domain.staff.team import language_of_team
from storage.keys.keyring import SealError
from storage.kinds import Role
from storage.sessions import Session
from storage.tables.channels import AlertChannel, ChannelCall
from storage.tables.duty import are_there
from storage.tables.staff import Staff, works_for
from storage.wakes import Topic

# One failure may be a hiccup of the net.
TELLS_AFTER = 2
#: An alert that is older says nothing new: others have followed it.
GIVES_UP_AFTER = timedelta(hours=1)
# Longer than any try takes: a caller that died meanwhile leaves it to another.
_LEASE = timedelta(seconds=60)
_FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)


async def call(
    session: Session,
    organisation_id: UUID,
    staff_ids: Collection[UUID],
    notice: Notice,
    params: dict[str, Any],
    *,
    everybody: bool,
    case_id: UUID | None,
) -> None:
    """Through every channel of these staff; with `everybody`, through the organisation's, too."""
    wanted: list[ColumnElement[bool]] = [AlertChannel.staff_id.in_(staff_ids)]
    if everybody:
        wanted.append(AlertChannel.staff_id.is_(None))
    rows = await session.execute(
        select(AlertChannel, Staff.language)
        .outerjoin(Staff, Staff.id == AlertChannel.staff_id)
        .where(AlertChannel.organisation_id == organisation_id, or_(*wanted))
    )
    await _put_each(session, organisation_id, rows.all(), notice, params, case_id=case_id)


def put(
    session: Session,
    channel: AlertChannel,
    notice: Notice,
    params: dict[str, Any],
    language: str,
    *,
    case_id: UUID | None = None,
) -> None:
    session.add(
        ChannelCall(
            organisation_id=channel.organisation_id,
            channel_id=channel.id,
            of_case=case_id,
            notice=notice,
            params=params,
            language=language,
            created_at=session.now,
            next_try_at=session.database_now,
        )
    )
    session.wakes(Topic.CHANNELS)


async def take_due(
    session: Session,
    busy: Collection[UUID],
    most: int,
    *,
    failing: bool,
    taker: int | None = None,
) -> Sequence[ChannelCall]:
    """Of each channel that is not busy what has waited longest, under a lease: of those that fail,
    or of all the others.
    """
    older = aliased(ChannelCall)
    fails = exists().where(
        AlertChannel.id == ChannelCall.channel_id, AlertChannel.failing_since.is_not(None)
    )
    due = (
        select(ChannelCall.id)
        .where(
            ChannelCall.next_try_at <= session.database_now,
            ChannelCall.channel_id.not_in(busy),
            fails if failing else ~fails,
            ~exists().where(
                older.channel_id == ChannelCall.channel_id,
                older.next_try_at <= session.database_now,
                tuple_(older.created_at, older.id) < tuple_(ChannelCall.created_at, ChannelCall.id),
            ),
        )
        .order_by(ChannelCall.next_try_at)
        .limit(max(most, 0))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    rows = await session.scalars(
        update(ChannelCall)
        .where(ChannelCall.id == due.c.id)
        .values(
            next_try_at=session.database_now + _LEASE,
            attempts=ChannelCall.attempts + 1,
            taker=taker,
        )
        .returning(ChannelCall)
        .execution_options(synchronize_session=False)
    )
    return rows.all()


async def free(session: Session, dead: Collection[int]) -> None:
    """What replicas had in hand that are no more is due now."""
    await session.execute(
        update(ChannelCall)
        .where(ChannelCall.taker.in_(dead))
        .values(next_try_at=session.database_now, taker=None)
        .execution_options(synchronize_session=False)
    )
    session.wakes(Topic.CHANNELS)


async def arrived(session: Session, row: ChannelCall) -> None:
    channel = await session.get_one(AlertChannel, row.channel_id)
    channel.worked_at = session.now
    channel.failing_since = channel.told_at = None
    await session.delete(row)


async def failed(session: Session, row: ChannelCall) -> None:
    """Tried again, further and further apart; from the second time on others know of it."""
    channel = await session.get_one(AlertChannel, row.channel_id, with_for_update=True)
    channel.failing_since = channel.failing_since or session.now
    if row.attempts >= TELLS_AFTER and channel.told_at is None:
        channel.told_at = session.now
        await tell_others(session, channel.organisation_id, channel.scheme, owner=channel.staff_id)
    if session.now - row.created_at > GIVES_UP_AFTER:
        await session.delete(row)
    else:
        pause = min(_FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
        row.next_try_at, row.taker = session.database_now + pause, None


async def tell_others(
    session: Session, organisation_id: UUID, scheme: str, *, owner: UUID | None = None
) -> None:
    """That a channel fails: its owner, if it is somebody's own, whoever is on duty and the
    supervisors, by all that does not fail. Of a way to somebody who hears complaints, only them:
    the team could tell from it when there was one.
    """
    whose = await session.get(Staff, owner) if owner is not None else None
    alone = whose is not None and whose.role in roles_with(Right.SAFEGUARD)
    team = [] if alone else await _there_and_responsible(session, organisation_id)
    called = {staff.id: staff for staff in team}
    if whose is not None and whose.disabled_at is None:
        called[whose.id] = whose
    params = {"scheme": scheme}
    for staff in called.values():
        if staff.telegram_fails_since is not None:
            continue
        try:
            chat_id = chat_of_staff(session, staff)
        except SealError:
            continue
        if chat_id is not None:
            notice = Notice.STAFF_CHANNEL_FAILS
            await tell_chat(session, chat_id, notice, params, language=staff.language)
    own, shared = AlertChannel.staff_id.in_(called), AlertChannel.staff_id.is_(None)
    rows = await session.execute(
        select(AlertChannel, Staff.language)
        .outerjoin(Staff, Staff.id == AlertChannel.staff_id)
        .where(
            AlertChannel.organisation_id == organisation_id,
            AlertChannel.failing_since.is_(None),
            own if alone else or_(own, shared),
        )
    )
    await _put_each(session, organisation_id, rows.all(), Notice.STAFF_CHANNEL_FAILS, params)


async def _put_each(
    session: Session,
    organisation_id: UUID,
    channels: Sequence[Row[AlertChannel, str]],
    notice: Notice,
    params: dict[str, Any],
    *,
    case_id: UUID | None = None,
) -> None:
    """In the language of whose channel it is; in that of most where it is everybody's."""
    ours = "en"
    if any(channel.staff_id is None for channel, _ in channels):
        ours = await language_of_team(session, organisation_id)
    for channel, language in channels:
        put(session, channel, notice, params, language or ours, case_id=case_id)


async def _there_and_responsible(session: Session, organisation_id: UUID) -> list[Staff]:
    there = select(Staff).where(*are_there(organisation_id, session.due))
    supervisors = select(Staff).where(works_for(organisation_id), Staff.role == Role.SUPERVISOR)
    on_duty = await session.scalars(there.order_by(Staff.created_at, Staff.id))
    return [*on_duty, *await session.scalars(supervisors)]
