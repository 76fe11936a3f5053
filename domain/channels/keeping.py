"""Channels as those who have them see them. Addresses are shown to nobody any more, only where they
lead. Each verb raises NotAllowed or Refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, exists, func, or_, select

from domain import audit
from domain.actors import Actor, Right
from domain.channels.addresses import ensure_leads_only_there, host_of, scheme_of
from domain.channels.calling import put
from domain.errors import Refused
from domain.idempotency import came_before, id_of
from domain.notices import Notice
from domain.staff.accounts import ensure_works_here
from storage.keys.keyring import SealError
from storage.sessions import Session
from storage.tables.channels import AlertChannel
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff

_CONTEXT = "alert channel"
_MOST = 20


@dataclass(frozen=True, slots=True)
class ChannelLine:
    id: UUID
    scheme: str
    #: Where it leads, so that two of a kind can be told apart; "" where that may be a secret.
    host: str
    #: The whole organisation's, which those change who plan duty.
    shared: bool
    worked_at: datetime | None
    failing_since: datetime | None


async def list_channels(session: Session, actor: Actor) -> Sequence[ChannelLine]:
    found = await session.scalars(
        select(AlertChannel).where(*_theirs(actor)).order_by(AlertChannel.created_at)
    )
    return [
        ChannelLine(
            channel.id,
            channel.scheme,
            _host(session, channel),
            channel.staff_id is None,
            channel.worked_at,
            channel.failing_since,
        )
        for channel in found
    ]


async def group_fails_since(session: Session, actor: Actor) -> datetime | None:
    """Of the staff group in Telegram, in which all of them read; None while it does not fail."""
    ours = Organisation.id == actor.organisation_id
    return await session.scalar(select(Organisation.staff_chat_fails_since).where(ours))


async def add_channel(
    session: Session, actor: Actor, address: str, *, shared: bool, once: str = ""
) -> None:
    """And tries it at once."""
    if shared:
        actor.ensure_may(Right.PLAN_DUTY)
    await ensure_works_here(session, actor)
    scheme = scheme_of(address)
    ensure_leads_only_there(address)
    channel_id = id_of(actor.organisation_id, actor, once, address, shared)
    if await came_before(session, AlertChannel, channel_id) is not None:
        return
    there = select(func.count()).select_from(AlertChannel).where(*_theirs(actor))
    if (await session.scalar(there) or 0) >= _MOST:
        raise Refused("There are enough channels already. Remove one first.")
    channel = AlertChannel(
        id=channel_id,
        organisation_id=actor.organisation_id,
        staff_id=None if shared else actor.staff_id,
        scheme=scheme,
        address=session.keys.seal(address, _CONTEXT),
        created_at=session.now,
    )
    session.add(channel)
    await session.flush()
    _record(session, actor, "channel.added", channel)
    await _try(session, actor, channel)


async def try_channel(session: Session, actor: Actor, channel_id: UUID) -> None:
    await _try(session, actor, await _channel(session, actor, channel_id))


async def remove_channel(session: Session, actor: Actor, channel_id: UUID) -> None:
    channel = await _channel(session, actor, channel_id)
    _record(session, actor, "channel.removed", channel)
    await session.delete(channel)


def failing(actor: Actor) -> Exists:
    """Whether one fails of which others were told."""
    return exists().where(*_theirs(actor), AlertChannel.told_at.is_not(None))


def address_of(session: Session, channel: AlertChannel) -> str:
    return session.keys.open(channel.address, _CONTEXT)


def _host(session: Session, channel: AlertChannel) -> str:
    try:
        return host_of(address_of(session, channel))
    except SealError:
        return ""


async def _try(session: Session, actor: Actor, channel: AlertChannel) -> None:
    staff = await session.get_one(Staff, actor.staff_id)
    put(session, channel, Notice.STAFF_CHANNEL_TRIED, {}, staff.language)


async def _channel(session: Session, actor: Actor, channel_id: UUID) -> AlertChannel:
    channel = await session.scalar(
        select(AlertChannel).where(AlertChannel.id == channel_id, *_theirs(actor))
    )
    if channel is None:
        raise Refused("There is no such channel.")
    return channel


def _theirs(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Their own; of whoever plans duty the organisation's, too."""
    own = AlertChannel.staff_id == actor.staff_id
    shared = AlertChannel.staff_id.is_(None)
    return (
        AlertChannel.organisation_id == actor.organisation_id,
        or_(own, shared) if actor.may(Right.PLAN_DUTY) else own,
    )


def _record(session: Session, actor: Actor, action: str, channel: AlertChannel) -> None:
    audit.done_by(
        session, actor, action, channel.id, scheme=channel.scheme, shared=channel.staff_id is None
    )
