"""What is put on its way to a phone, and what of it was said already."""

import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Insert, and_, or_, select, update

from storage.batches import at_most, insert_given
from storage.keys.keyring import Keyring, SealError
from storage.kinds import UNSENT, NoticeClass, OutboxState
from storage.outbox.contents import Content, Deletion, from_document, to_document
from storage.sessions import SERVICE, Session
from storage.tables.base import table_of
from storage.tables.outbox import OutboxRow
from storage.wakes import Topic

_SAMENESS = "outbox sameness"


@dataclass(frozen=True, slots=True)
class Once:
    """Said to a chat already: not said again while it waits, nor that soon after."""

    what: str
    within: timedelta


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a message travels, whatever it says."""

    notice_class: NoticeClass
    #: Between chats, lower goes first: 0 urgent, 5 a reply, 9 routine.
    priority: int = 5
    #: On the rules' clock; None means now.
    not_before: datetime | None = None
    #: Not sent any more after that.
    expires_at: datetime | None = None
    returnee_id: UUID | None = None
    case_id: UUID | None = None
    check_in_id: UUID | None = None
    once: Once | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to a chat, and how it travels."""

    chat_id: int
    content: Content
    delivery: Delivery


async def put(session: Session, chat_id: int, content: Content, delivery: Delivery) -> OutboxRow:
    """Puts something on its way, in order within its chat, once this transaction commits.

    Returns the row of the first time where it was said just now, and must be said once.
    """
    if session.info["put_off"]:
        # What was posted there before it goes before it.
        await session.flush()
    sameness = None
    if delivery.once is not None:
        said = await said_lately(session, chat_id, delivery.once)
        if said is not None:
            return said
        sameness = session.keys.look_up(_same(chat_id, delivery.once), _SAMENESS)
    row = OutboxRow(**written(session, Letter(chat_id, content, delivery)), sameness=sameness)
    session.add(row)
    session.wakes(Topic.OUTBOX)
    return row


def post(session: Session, letter: Letter) -> int:
    """As `put`, for a letter that has no `once`: it is inserted at the end of the transaction, in
    one statement with all others that were posted. Returns its stand-in.
    """
    assert letter.delivery.once is None
    row = written(session, letter)
    session.insert_later(_posting(), row)
    session.wakes(Topic.OUTBOX)
    stand_in: int = row["stand_in"]
    return stand_in


@cache
def _posting() -> Insert:
    """Made when all tables are there: a column that points to one of them has its type from it."""
    return insert_given(
        table_of(OutboxRow),
        "id",
        "lane",
        "chat",
        "content",
        "organisation_id",
        "notice_class",
        "priority",
        "state",
        "returnee_id",
        "case_id",
        "check_in_id",
        "created_at",
        "not_before",
        "expires_at",
        "stand_in",
    )


async def put_all(session: Session, letters: Sequence[Letter]) -> None:
    """Posts them and sees that they could be written."""
    for letter in letters:
        post(session, letter)
    await session.flush()


def written(session: Session, letter: Letter) -> dict[str, Any]:
    """The row that it becomes, by columns."""
    delivery = letter.delivery
    not_before = delivery.not_before or session.now
    return {
        "id": uuid4(),
        **_address(session, letter.chat_id),
        "content": _sealed(letter.content, session.keys),
        "organisation_id": None if session.info["scope"] == SERVICE else session.info["scope"],
        "notice_class": delivery.notice_class,
        "priority": delivery.priority,
        "state": OutboxState.HELD if not_before > session.now else OutboxState.WAITING,
        "returnee_id": delivery.returnee_id,
        "case_id": delivery.case_id,
        "check_in_id": delivery.check_in_id,
        "created_at": session.asked_at,
        "not_before": not_before,
        "expires_at": delivery.expires_at,
        "stand_in": -secrets.randbits(52),
    }


async def sent_as(session: Session, number: int) -> int | None:
    """Telegram's number of a message that may go by a stand-in; None until it was sent."""
    if number > 0:
        return number
    return await session.scalar(select(OutboxRow.message_id).where(OutboxRow.stand_in == number))


async def said_lately(session: Session, chat_id: int, once: Once) -> OutboxRow | None:
    """What says that there, where it is on its way or was sent that lately. What comes too late to
    go is on its way no more, though nobody has looked at it yet.
    """
    sameness = session.keys.look_ups(_same(chat_id, once), _SAMENESS)
    on_its_way = and_(
        OutboxRow.state.in_(UNSENT),
        or_(
            OutboxRow.expires_at.is_(None),
            OutboxRow.expires_at > session.now,
            OutboxRow.leased_until > session.database_now,
        ),
    )
    just_sent = and_(
        OutboxRow.state == OutboxState.SENT, OutboxRow.created_at > session.now - once.within
    )
    return await session.scalar(
        select(OutboxRow)
        .where(OutboxRow.sameness.in_(sameness), or_(on_its_way, just_sent))
        .order_by(OutboxRow.number.desc())
        .limit(at_most(1))
    )


def _same(chat_id: int, once: Once) -> str:
    return f"{chat_id} {once.what}"


async def forget_said(session: Session, chat_id: int) -> None:
    """The chat is emptied: what was said there may be said again."""
    lanes = session.keys.look_ups(chat_id, "chat")
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.lane.in_(lanes), OutboxRow.sameness.is_not(None))
        .values(sameness=None)
    )


async def move_chat(session: Session, chat_id: int, moved_to: int) -> None:
    """What waits for a chat goes to its new number."""
    await session.execute(
        update(OutboxRow).where(*_waits_for(session, chat_id)).values(_address(session, moved_to))
    )


def move_row(session: Session, row: OutboxRow, moved_to: int) -> None:
    """One row goes to its chat's new number; it must be leased to nobody but us."""
    for column, value in _address(session, moved_to).items():
        setattr(row, column, value)


def _address(session: Session, chat_id: int) -> dict[str, bytes]:
    return {
        "lane": session.keys.look_up(chat_id, "chat"),
        "chat": session.keys.seal(str(chat_id), "outbox chat"),
    }


async def to_be_deleted(session: Session, chat_id: int) -> list[int]:
    """What was on its way to be deleted in this chat: calls that off, for all of it to be deleted
    together with what else goes.
    """
    rows = await session.scalars(select(OutboxRow).where(*_waits_for(session, chat_id)))
    gone: list[int] = []
    for row in rows.all():
        # What no key opens nobody can send either.
        with suppress(SealError):
            content = content_of(row, session.keys)
            if isinstance(content, Deletion):
                gone += content.messages
                cancel(session, row)
    return gone


def _waits_for(session: Session, chat_id: int) -> tuple[ColumnElement[bool], ...]:
    lanes = session.keys.look_ups(chat_id, "chat")
    return OutboxRow.lane.in_(lanes), OutboxRow.state.in_(UNSENT)


def chat_of(row: OutboxRow, keys: Keyring) -> int:
    return int(keys.open(row.chat, "outbox chat"))


def content_of(row: OutboxRow, keys: Keyring) -> Content:
    """What the row says. Only a row that is still waiting says anything."""
    assert row.content is not None
    return from_document(json.loads(keys.open(row.content, "outbox content")))


def cancel(session: Session, row: OutboxRow) -> None:
    """It goes no more; only for one that nobody else has leased."""
    row.state, row.content, row.finished_at = OutboxState.CANCELLED, None, session.now


def reword(row: OutboxRow, content: Content, keys: Keyring) -> None:
    """It says something else than when it was put; only for one that nobody else has leased."""
    row.content = _sealed(content, keys)


def _sealed(content: Content, keys: Keyring) -> bytes:
    return keys.seal(json.dumps(to_document(content)), "outbox content")
