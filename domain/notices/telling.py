"""Putting a notice on its way."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from domain.notices.manners import MANNERS
from domain.notices.names import Notice
from domain.returnees.chats import chat_id_if_it_opens, chat_id_of
from storage.kinds import Discretion, NoticeClass
from storage.outbox.contents import Notification, ToChat, to_document
from storage.outbox.letters import Delivery, Letter, Once, said_lately
from storage.outbox.unsent import post_newest, put_newest
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee

#: The param of words that name a person, a place or a time.
ONLY_CONFIRMED = "only_confirmed"
#: The param of what goes to no phone on which less may stand than on the one that it was put for.
DRAWN_FOR = "drawn_for"
#: The param of words that a worker sends at any hour, since it is an emergency.
ANY_HOUR = "any_hour"

# After any other reply, what somebody writes is no answer to a question that stands further up.
# What nobody asked for closes it only as it leaves (unasked.py): it may be planned, or held.
_LEAVES_QUESTION_OPEN = (
    Notice.CHECK_IN_QUESTION,
    Notice.REVEALED,
    Notice.CONCEALED,
    Notice.MESSAGE_KEPT,
    Notice.RECORDING_KEPT,
    Notice.PLACE_UNSEEN,
    Notice.NUMBER_UNSEEN,
    Notice.UNOPENABLE,
)

log = structlog.get_logger()

# The same message a moment later gives another number here.
_TELLS_TIME = "minutes"


async def tell(
    session: Session,
    returnee: Returnee,
    notice: Notice,
    params: dict[str, Any] | None = None,
    *,
    edit: int | None = None,
    case_id: UUID | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> OutboxRow:
    """Puts a notice on its way to a person; `edit` names the message it takes the place of."""
    written = letter(
        session,
        returnee,
        notice,
        params,
        edit=edit,
        case_id=case_id,
        not_before=not_before,
        expires_at=expires_at,
    )
    return await put_newest(session, written.chat_id, written.content, written.delivery)


async def mention(
    session: Session, returnee: Returnee, notice: Notice, *, case_id: UUID | None = None
) -> None:
    """As `tell`, for whoever needs no row: it goes in one statement with whatever else this
    transaction says.
    """
    await post_newest(session, letter(session, returnee, notice, case_id=case_id))


def letter(
    session: Session,
    returnee: Returnee,
    notice: Notice,
    params: dict[str, Any] | None = None,
    *,
    edit: int | None = None,
    case_id: UUID | None = None,
    check_in_id: UUID | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> Letter:
    """What `tell` puts on its way, to be put there together with others."""
    is_reply = MANNERS[notice].notice_class is NoticeClass.REPLY
    if is_reply and notice not in _LEAVES_QUESTION_OPEN and returnee.typing_for is not None:
        returnee.typing_for = None
    content = Notification(notice, params or {}, edit)
    delivery = replace(
        _travels(notice, content),
        not_before=not_before,
        expires_at=expires_at,
        returnee_id=returnee.id,
        case_id=case_id,
        check_in_id=check_in_id,
    )
    return Letter(chat_id_of(session, returnee), content, delivery)


async def tell_if_it_gets_there(
    session: Session,
    returnee: Returnee,
    notice: Notice,
    params: dict[str, Any],
    *,
    case_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> bool:
    """As `tell`, but nothing happens where no key opens the number of their chat. Returns whether
    it is on its way.
    """
    if chat_id_if_it_opens(session, returnee) is None:
        log.warning("somebody can be told of nothing", action="notice.unheard", notice=notice)
        return False
    await tell(session, returnee, notice, params, case_id=case_id, expires_at=expires_at)
    return True


async def tell_chat(
    session: Session,
    chat_id: int,
    notice: Notice,
    params: dict[str, Any] | None = None,
    *,
    language: str = "en",
    edit: int | None = None,
    thread_id: int | None = None,
    case_id: UUID | None = None,
    in_topic: bool = False,
    discretion: Discretion = Discretion.OPEN,
    not_before: datetime | None = None,
) -> OutboxRow:
    """Puts a notice on its way to staff, or to somebody of whom nothing is kept.

    `in_topic`: to the case's own topic of that group, which is made when it is needed.
    `discretion`: what may stand on a phone of which nothing is kept any more.
    """
    chat = ToChat(language, discretion, thread_id, topic_of_case=case_id if in_topic else None)
    content = Notification(notice, params or {}, edit, chat)
    delivery = replace(_travels(notice, content), case_id=case_id, not_before=not_before)
    return await put_newest(session, chat_id, content, delivery)


async def told_lately(
    session: Session, chat_id: int, content: Notification, within: timedelta
) -> OutboxRow | None:
    """The last row that says just that there, where it is on its way or was sent that lately."""
    once = _travels(Notice(content.notice), content).once
    return await said_lately(session, chat_id, replace(once, within=within)) if once else None


def _travels(notice: Notice, content: Notification) -> Delivery:
    manner = MANNERS[notice]
    once = None
    if manner.once_in is not None:
        params = {name: value for name, value in content.params.items() if name != _TELLS_TIME}
        what = json.dumps(to_document(replace(content, params=params)), sort_keys=True)
        once = Once(notice if manner.alike else what, manner.once_in)
    return Delivery(manner.notice_class, manner.priority, once=once)
