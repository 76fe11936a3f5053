"""What a stop word does, and how it is undone: quiet on the phone, and as loud as ever with us."""

from functools import partial
from uuid import UUID

from sqlalchemy import select

from domain import audit
from domain.actors import Actor, Right
from domain.alerts.telling import alert_claimer
from domain.cases.events import happened
from domain.cases.finding import open_case_of
from domain.children.saying import says_child
from domain.consent.renewal import ask_again
from domain.distress import Assessment
from domain.errors import Refused
from domain.identity.pictures import shut
from domain.identity.trust import Doubt, doubt
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.notices import Notice, tell
from domain.privacy import emptied
from domain.replies.unopened import hidden_unopened
from domain.returnees.asked_words import ask_no_more
from domain.returnees.enrolments import organisation_of
from domain.returnees.person import find_returnee
from domain.returnees.phone import who_is_there
from domain.safeguarding.confided import for_the_team, keep_in_confidence
from domain.safety.outgoing import REPLY_LIFE, takes_away
from domain.safety.phones import fit_menu
from domain.safety.rejudging import judge_anew
from domain.signals.opening import current_case, hear, open_or_append
from storage.keys.keyring import Keyring, SealError
from storage.kinds import (
    UNSENT,
    CaseEventKind,
    Identity,
    MessageKind,
    NoticeClass,
    Severity,
)
from storage.outbox.contents import OfAnotherRelease
from storage.outbox.letters import cancel, content_of, forget_said
from storage.outbox.traces import leave_theirs
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety

_WROTE = "frozen.wrote"


async def freeze(session: Session, returnee: Returnee, chat_id: int, number: int) -> Case:
    """They sent their stop word, in the message of that number, which is not kept.

    Nothing goes to this phone any more but harmless answers; the chat is emptied; staff are
    alerted, and who is there is in doubt until a worker has made sure. Sent again, it empties the
    chat again and alerts again. Needs the service's scope.
    """
    returnee.frozen_at = returnee.frozen_at or session.now
    await shut(session, returnee)
    # Words from this chat confirm nobody any more.
    ask_no_more(session, returnee)
    await doubt(session, returnee, Doubt.STOP_WORD)
    await _call_off_answers(session, returnee)
    organisation_id = await organisation_of(session, returnee)
    reasons = ["stop-word.used"]
    case = await open_or_append(session, returnee, organisation_id, Severity.URGENT, reasons)
    await alert_claimer(session, case)
    await hidden_unopened(session, returnee)
    await emptied.ask_again(session, returnee, chat_id)
    # Emptying the chat must find this message, too, however soon it begins.
    await leave_theirs(session, [(returnee.chat_key, number, session.asked_at)])
    await forget_said(session, chat_id)
    await tell(session, returnee, Notice.FROZEN, {"hide": True})
    await fit_menu(session, returnee)
    return case


async def hear_frozen(
    session: Session,
    returnee: Returnee,
    heard: Assessment,
    body: Body,
    kind: MessageKind,
) -> None:
    """A frozen chat is read, kept and alerted of like any other, and answered by the sentence that
    says whether somebody is there. Needs the service's scope.
    """
    if says_child(heard.severity, heard.reasons):
        returnee.said_child_at = session.now
    case = await current_case(session, returnee)
    if case is None or heard.severity is not Severity.NONE:
        body = {**body, "cry": True}
        case = await _call(session, returnee, heard)
    await keep_message(session, returnee, case, kind, body, session.now)
    await give_sign(session, returnee)


async def hear_frozen_press(session: Session, returnee: Returnee) -> None:
    """They answered a question from before, and whatever worries in that was heard: somebody looks
    after them as if they had written something. Needs the service's scope.
    """
    case = await current_case(session, returnee)
    if case is None:
        await _call(session, returnee, Assessment(Severity.NONE, ask=False, reasons=()))
    else:
        await hear(session, case)
    await give_sign(session, returnee)


async def hear_frozen_in_confidence(
    session: Session,
    returnee: Returnee,
    heard: Assessment,
    body: Body,
    kind: MessageKind,
) -> None:
    """Their words are kept for safeguarding; the team is called, and never reads them. Needs the
    service's scope.
    """
    await keep_in_confidence(session, returnee, heard, body, kind)
    await _call(session, returnee, for_the_team(heard))
    await give_sign(session, returnee)


async def _call(session: Session, returnee: Returnee, heard: Assessment) -> Case:
    """Somebody who can write from a frozen chat needs a human soon, whatever they say. What the
    watch made of it stands beside that as it was heard.
    """
    signal = partial(open_or_append, session, returnee, await organisation_of(session, returnee))
    if heard.severity.rank < Severity.URGENT.rank:
        case = await signal(Severity.URGENT, [_WROTE])
        if heard.severity is Severity.NONE:
            return case
    return await signal(heard.severity, [*heard.reasons, _WROTE], decided_by=heard.version)


async def give_sign(session: Session, returnee: Returnee) -> None:
    """Whether a human has their case now, in the harmless sentence that they agreed on (P11)."""
    safety = await session.get_one(Safety, returnee.id)
    case = await open_case_of(session, returnee.id)
    seen = case is not None and case.claimed_by is not None
    params = {"signs": safety.stop_signs, "seen": seen}
    # Later it may be wrong, and nobody would know what it answers.
    await tell(session, returnee, Notice.SIGN, params, expires_at=session.now + REPLY_LIFE)


async def unfreeze(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """A worker who has made sure who is there lets messages through again: what waits goes out
    within the safe window. Needs the service's scope.

    Raises NotAllowed, and Refused for somebody else's person as for nobody, for one whose chat is
    not frozen, and before anybody has made sure.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    returnee = await find_returnee(session, actor, returnee_id)
    if returnee.frozen_at is None:
        raise Refused("Their stop word is not in force.")
    if who_is_there(returnee, session.now) is not Identity.CONFIRMED:
        raise Refused("First make sure that it is them.")
    returnee.frozen_at = None
    audit.done_by(session, actor, "person.unfrozen", returnee_id)
    case = await open_case_of(session, returnee_id)
    if case is not None:
        happened(session, case, CaseEventKind.UNFROZEN, staff_id=actor.staff_id)
    await ask_again(session, returnee)
    await judge_anew(session, returnee_id)
    await fit_menu(session, returnee)


async def _call_off_answers(session: Session, returnee: Returnee) -> None:
    """What answered a press of before would be nonsense later. What takes messages away goes on,
    and all that was never asked for waits.
    """
    unsent = await session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.returnee_id == returnee.id,
            OutboxRow.notice_class == NoticeClass.REPLY,
            OutboxRow.state.in_(UNSENT),
            OutboxRow.leased_until.is_(None),
        )
        # Delivery locks its rows before the person, so this must not wait for one.
        .with_for_update(skip_locked=True)
    )
    for row in unsent:
        if _answers(row, session.keys):
            cancel(session, row)


def _answers(row: OutboxRow, keys: Keyring) -> bool:
    """No word of it takes anything away. Whatever nobody here can read or tell waits, and is judged
    as it leaves: it must not stand in the way of a stop word.
    """
    try:
        return not takes_away(content_of(row, keys))
    except (SealError, OfAnotherRelease):
        return False
