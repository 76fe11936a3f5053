"""Somebody who asked to be forgotten is taken off their phone, which is emptied and told so (P6).

docs/decisions/0013-being-forgotten.md says why. What is done afterwards is in erasing.py.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, delete, exists, select, update

from domain.calendar import FOR_EVER
from domain.casework.closing import finish
from domain.messages.edits import forget_early
from domain.messages.recent_words import forget_recent_of
from domain.notices import Notice, tell_chat
from domain.privacy.unsent import call_back_theirs
from domain.returnees.chats import chat_id_if_it_opens, give_phone
from domain.returnees.enrolments import organisations_keeping
from domain.safety.contacts import contact_with
from domain.safety.judging import Outgoing, held
from domain.safety.outgoing import REPLY_LIFE
from storage.inbox.failed import forget_set_aside
from storage.keys.keyring import SealError
from storage.kinds import Hold, NoticeClass, Outcome
from storage.outbox.contents import Deletion
from storage.outbox.letters import Delivery, put, to_be_deleted
from storage.sessions import Session
from storage.tables.audit import AuditEntry
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee
from storage.tables.service import DIALOGS, DialogState
from storage.tables.traces import Trace

#: What the ledger says of an operator who has somebody erased.
BY_OPERATOR = "erasure.by-operator"
_CHAT, _NO_CHAT = "erasure chat", ""

log = structlog.get_logger()


async def let_go(
    session: Session, returnee: Returnee, erasure: Erasure, *, asked_just_now: bool = False
) -> None:
    """The phone is a stranger's from now on, and hears so once, if it may be written to: later on
    never where somebody else may have asked.

    Its own chat is kept with the request alone, sealed, in case it is taken back.
    """
    chat_id = chat_id_if_it_opens(session, returnee)
    if chat_id is None:
        await _let_go_unheard(session, returnee, erasure)
        return
    hears_at = await _hears_at(session, returnee, erasure, asked_just_now=asked_just_now)
    await close_lesser_case(session, returnee)
    to_go = await to_be_deleted(session, chat_id)
    await call_back_theirs(session, returnee)
    gone = [*to_go, *await forget_screen(session, chat_id)]
    _take_phone(session, returnee, erasure, str(chat_id))
    if hears_at > session.now:
        await put(session, chat_id, Deletion(tuple(gone), hide=True), Delivery(NoticeClass.REPLY))
        gone = []
    # What is leaving this very moment has no number yet, and is found by its trace.
    gone = [number for number in gone if number > 0]
    if hears_at != FOR_EVER:
        await tell_chat(
            session,
            chat_id,
            Notice.FORGOTTEN,
            {"hide": True, "gone": gone, "waits": erasure.forced},
            language=returnee.language,
            discretion=returnee.discretion,
            not_before=hears_at,
        )


async def _let_go_unheard(session: Session, returnee: Returnee, erasure: Erasure) -> None:
    """No key opens the number of their chat: it can neither be emptied nor hear of it. What lies
    under its hash is found by that this once.
    """
    log.warning("nothing gets to somebody who is to be forgotten", action="erasure.unheard")
    chat = [returnee.chat_key]
    await close_lesser_case(session, returnee)
    await call_back_theirs(session, returnee)
    await _forget_chat(session, chat)
    await forget_set_aside(session, chat)
    _take_phone(session, returnee, erasure, _NO_CHAT)


def _take_phone(session: Session, returnee: Returnee, erasure: Erasure, chat: str) -> None:
    erasure.chat = session.keys.seal(chat, _CHAT)
    # Telegram gives no chat such a number.
    give_phone(session, returnee, 2**62 + secrets.randbits(61))


async def reached_elsewhere(session: Session, returnee: Returnee) -> None:
    """They have another phone now than the one that they were taken off: should it be taken back,
    that one is theirs no more, and else this one is emptied, too. Needs the service's scope.
    """
    await session.execute(
        update(Erasure).where(Erasure.returnee_id == returnee.id).values(chat=None)
    )


def chat_of_erasure(session: Session, erasure: Erasure) -> int | None:
    """The phone that they were taken off; None where no key opens its number, or opened it then."""
    if erasure.chat is None:
        return None
    try:
        chat = session.keys.open(erasure.chat, _CHAT)
    except SealError:
        return None
    return None if chat == _NO_CHAT else int(chat)


async def _hears_at(
    session: Session, returnee: Returnee, erasure: Erasure, *, asked_just_now: bool
) -> datetime:
    """At once while they wait for it, and later when their safe hours let us say it; never, where
    anything else speaks against it, or others wanted it.
    """
    if asked_just_now and session.now - session.asked_at <= REPLY_LIFE:
        return session.now
    if erasure.forced or not await _asked_by_themselves(session, returnee, erasure):
        return FOR_EVER
    # That they leave is what they are told.
    contact = replace(await contact_with(session, returnee), leaving=False)
    hold = held(Outgoing(NoticeClass.ROUTINE), contact, session.now)
    if hold is None:
        return session.now
    return hold.until if hold.reason is Hold.WINDOW else FOR_EVER


async def _asked_by_themselves(session: Session, returnee: Returnee, erasure: Erasure) -> bool:
    """In the chat; and neither staff nor time nor the operator alone."""
    if erasure.asked_by is not None or erasure.organisation_id is not None:
        return False
    by_operator = exists().where(
        AuditEntry.organisation_id.in_(organisations_keeping(returnee.id)),
        AuditEntry.at >= erasure.asked_at,
        AuditEntry.action == BY_OPERATOR,
        AuditEntry.subject == returnee.id,
    )
    return await session.scalar(select(~by_operator)) is True


async def close_lesser_case(
    session: Session, returnee: Returnee, *which: ColumnElement[bool]
) -> None:
    """What is not grave needs nobody any more, whatever lies there that nobody has opened."""
    case = await session.scalar(
        select(Case).where(Case.returnee_id == returnee.id, UNRESOLVED, *which).with_for_update()
    )
    if case is not None:
        await finish(session, case, Outcome.NO_HELP_WANTED)


async def forget_screen(session: Session, chat_id: int) -> Sequence[int]:
    """Returns the messages that Telegram still lets us delete; forgets them, and the menus."""
    dialogs = session.keys.look_ups(chat_id, DIALOGS)
    await session.execute(delete(DialogState).where(DialogState.key.in_(dialogs)))
    return await _forget_chat(session, session.keys.look_ups(chat_id, "chat"))


async def _forget_chat(session: Session, chat: Sequence[bytes]) -> Sequence[int]:
    """What lies under these hashes of it, of which Telegram lets us delete the returned."""
    traces = await session.scalars(
        delete(Trace).where(Trace.chat_key.in_(chat)).returning(Trace.message_id)
    )
    gone = sorted(traces)
    await forget_early(session, chat)
    await forget_recent_of(session, chat)
    return gone
