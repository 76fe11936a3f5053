"""Somebody asks to be forgotten: what happens at once, and what may still change (P6).

docs/decisions/0013-being-forgotten.md says why. What is done afterwards is in erasing.py.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.orm import QueryableAttribute

from domain import audit
from domain.alerts.telling import alert_claimer, tell_colleagues
from domain.calendar import FOR_EVER
from domain.cases.events import happened
from domain.casework.closing import finish
from domain.check_ins.outcomes import missed
from domain.messages.edits import forget_early
from domain.messages.recent_words import forget_recent_of
from domain.notices import Notice, tell, tell_chat
from domain.replies.unreached import never_arrived
from domain.retention_periods import TAKEN_BACK_WITHIN
from domain.returnees.asked_words import ask_no_more
from domain.returnees.chats import chat_id_if_it_opens, give_phone
from domain.returnees.enrolments import (
    begin_anew,
    current_enrolments,
    organisation_of,
    organisations_keeping,
)
from domain.safeguarding.unreached import answer_never_arrived
from domain.safety.contacts import contact_with
from domain.safety.judging import LEAVING, WINDOW, Outgoing, held
from domain.safety.outgoing import REPLY_LIFE
from storage.inbox.failed import forget_set_aside
from storage.keys.keyring import SealError
from storage.kinds import (
    CaseEventKind,
    Discretion,
    Identity,
    NoticeClass,
    OutboxState,
    Outcome,
    Role,
    Severity,
)
from storage.outbox.contents import Deletion
from storage.outbox.letters import Delivery, put, to_be_deleted
from storage.outbox.unsent import call_back
from storage.sessions import Session
from storage.tables.audit import AuditEntry
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure, NextErasure
from storage.tables.returnees import Returnee
from storage.tables.service import DIALOGS, DialogState
from storage.tables.traces import Trace

# While one of these is open, a human comes first.
_GRAVE = (Severity.URGENT, Severity.EMERGENCY)

#: What the ledger says of an operator who has somebody erased.
BY_OPERATOR = "erasure.by-operator"
_ASKED, _FORCED = "erasure.asked", "erasure.forced"
_CHAT, _NO_CHAT = "erasure chat", ""

log = structlog.get_logger()


async def ask_to_be_forgotten(session: Session, returnee: Returnee) -> Erasure:
    """The person's own word, or that of whoever holds their phone. Asked again, it is said again.

    Nothing more is sent and nothing read from now on, except that a human looks after an open cry
    for help first. Needs the service's scope.
    """
    asked = await asked_before(session, returnee)
    if asked is not None and asked.organisation_id is None:
        await _say_again(session, returnee, asked)
        return asked
    erasure = await _write_down(session, returnee, asked, forced=_may_be_forced(returnee))
    case = await open_case(session, returnee)
    if case is None:
        await let_go(session, returnee, erasure, asked_just_now=True)
    else:
        await _wait_for(session, case, returnee, forced=erasure.forced)
    return erasure


async def ask_as_a_stray_did(session: Session, stray: Returnee, returnee: Returnee) -> None:
    """Somebody asked from a phone, and waits for a human to help them first; now it turns out to be
    this person's. All of theirs is to go, as if it was asked by a phone whose holder is in doubt.

    What staff passed on was about whom they knew there. Needs the service's scope.
    """
    there, asked = await asked_before(session, stray), await asked_before(session, returnee)
    is_asked_already = asked is not None and asked.organisation_id is None
    if there is not None and there.organisation_id is None and not is_asked_already:
        await _write_down(session, returnee, asked, forced=True)
        await _hold_no_words(session, returnee, OutboxRow.notice_class == NoticeClass.HUMAN)


async def _write_down(
    session: Session, returnee: Returnee, asked: Erasure | None, *, forced: bool
) -> Erasure:
    """`asked`: one organisation's part was to go already."""
    if asked is not None:
        await _put_behind(session, asked)
    erasure = Erasure(
        returnee_id=returnee.id,
        asked_at=session.now,
        not_before=session.now + (TAKEN_BACK_WITHIN if forced else timedelta()),
        forced=forced,
    )
    session.add(erasure)
    await session.flush()
    if forced:
        # Where nobody accompanied them any more, nobody could speak with them, nor take it back.
        await begin_anew(session, returnee, await organisation_of(session, returnee))
    for here in (await session.scalars(organisations_keeping(returnee.id))).all():
        audit.record(session, here, "erasure.asked", subject=returnee.id, forced=forced)
    if forced:
        returnee.identity = Identity.DOUBTED
        await warn_safeguarding(session, erasure)
    return erasure


async def _put_behind(session: Session, asked: Erasure) -> None:
    """One organisation's part was to go: what the person says concerns everything. What staff
    passed on counts again should that be taken back, and to whoever did it they stay gone.
    """
    if asked.asked_by is not None:
        session.add(
            NextErasure(
                returnee_id=asked.returnee_id,
                organisation_id=asked.organisation_id,
                asked_at=asked.asked_at,
                asked_by=asked.asked_by,
            )
        )
    await session.delete(asked)
    await session.flush()


async def _say_again(session: Session, returnee: Returnee, asked: Erasure) -> None:
    if asked.asked_by is not None and not _may_be_forced(returnee):
        # Now it is their own word.
        asked.asked_by = None
    if asked.chat is not None:
        return
    case = await open_case(session, returnee)
    if case is None:
        await let_go(session, returnee, asked, asked_just_now=True)
    else:
        await _say_that_it_waits(session, returnee, case, forced=asked.forced)


async def _wait_for(session: Session, case: Case, returnee: Returnee, *, forced: bool) -> None:
    """A human looks after the cry for help first. What somebody writes to them just now is called
    back with the rest, or refused.
    """
    await session.refresh(case, with_for_update=True)
    reason = _FORCED if forced else _ASKED
    happened(session, case, CaseEventKind.SIGNAL, severity=Severity.NONE, reasons=[reason])
    await alert_claimer(session, case)
    if forced:
        await _hold_no_words(session, returnee)
    await _say_that_it_waits(session, returnee, case, forced=forced)


async def _say_that_it_waits(
    session: Session, returnee: Returnee, case: Case, *, forced: bool
) -> None:
    """Where somebody else may have asked, the chat is emptied and says no word of a case."""
    if forced:
        await tell(session, returnee, Notice.FORGOTTEN, {"hide": True, "waits": True})
    else:
        await tell(session, returnee, Notice.FORGET_WAITS, case_id=case.id)


async def warn_safeguarding(session: Session, erasure: Erasure) -> None:
    """Somebody may have been forced. The warning says nothing about whom."""
    hours = max((erasure.not_before - session.now) // timedelta(hours=1), 0)
    for enrolment in await current_enrolments(session, erasure.returnee_id):
        await tell_colleagues(
            session,
            enrolment.organisation_id,
            erasure.returnee_id,
            (Role.SAFEGUARDING, Role.SUPERVISOR, Role.ADMIN),
            Notice.STAFF_FORGET,
            {"hours": hours},
        )
    erasure.told_at = session.now


def _may_be_forced(returnee: Returnee) -> bool:
    return (
        returnee.discretion is Discretion.WATCHED
        or returnee.frozen_at is not None
        or returnee.identity is Identity.DOUBTED
    )


async def asked_before(session: Session, returnee: Returnee) -> Erasure | None:
    """Locks the person: of two who ask at once, one comes second."""
    await session.execute(
        select(Returnee.id).where(Returnee.id == returnee.id).with_for_update(key_share=True)
    )
    return await session.get(Erasure, returnee.id)


def is_cry_of(returnee_id: UUID | QueryableAttribute[UUID]) -> ColumnElement[bool]:
    """Within a query of cases: an open cry for help of theirs, and a human comes first."""
    return and_(Case.returnee_id == returnee_id, UNRESOLVED, Case.severity.in_(_GRAVE))


async def open_case(session: Session, returnee: Returnee) -> Case | None:
    """The cry for help that a human looks after first."""
    return await session.scalar(select(Case).where(is_cry_of(returnee.id)))


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
    await _call_back(session, returnee)
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
    await _call_back(session, returnee)
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
    return hold.until if hold.reason == WINDOW else FOR_EVER


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


async def close_lesser_case(session: Session, returnee: Returnee) -> None:
    """What is not grave needs nobody any more, whatever lies there that nobody has opened."""
    case = await session.scalar(
        select(Case).where(Case.returnee_id == returnee.id, UNRESOLVED).with_for_update()
    )
    if case is not None:
        await finish(session, case, Outcome.NO_HELP_WANTED)


async def _hold_no_words(session: Session, returnee: Returnee, *which: ColumnElement[bool]) -> None:
    """Whatever of this waits for them goes no more, and no open cry is answered by it (P2)."""
    for words in await _call_back(session, returnee, *which):
        await never_arrived(session, words)


async def _call_back(
    session: Session, returnee: Returnee, *which: ColumnElement[bool]
) -> list[OutboxRow]:
    """Whatever waits for this person: a check-in of it was their no. Returns what a human wrote of
    it: that reaches nobody (P2), and stands where they wrote it as not delivered.
    """
    ask_no_more(session, returnee)
    called_back = await call_back(session, _ASKED, OutboxRow.returnee_id == returnee.id, *which)
    for row in called_back:
        if row.check_in_id is not None:
            await missed(session, row.check_in_id, LEAVING)
    words = [row for row in called_back if row.notice_class is NoticeClass.HUMAN]
    for row in words:
        row.state = OutboxState.FAILED
        await answer_never_arrived(session, row)
    return words


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
