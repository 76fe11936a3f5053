"""How something of a worker's goes to a person, whatever it is, and what that does to the case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.actors import Actor
from domain.cases.events import audited
from domain.cases.reaching import reached_out
from domain.consent.reading import took_back
from domain.errors import Refused, RefusedForThem
from domain.idempotency import came_before, id_of
from domain.messages.body import Body
from domain.messages.keeping import keep_ours
from domain.notices import ANY_HOUR, ONLY_CONFIRMED, Notice, tell
from domain.replies.any_hour import AT_ANY_HOUR, overrule_hours, was_for_any_hour
from domain.replies.unsent import unwrite
from domain.returnees.phone import who_is_there
from domain.safety.contacts import contact_with
from domain.safety.judging import held
from domain.safety.outgoing import as_it_waits
from storage.kinds import UNSENT, Identity, MessageKind
from storage.outbox.letters import content_of
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a worker chose beside the words: when they go, and whether they may at all."""

    #: They name a person, a place or a time, and wait until somebody has made sure who is there.
    only_confirmed: bool = False
    #: Nobody offered them that choice, since it was sure who is there when they began to write.
    to_somebody_known: bool = False
    #: A life may depend on it: it goes though the person has taken their consent back.
    vital: bool = False
    #: Why, in an emergency, it can't wait for the hours that the person called safe.
    any_hour: str = ""
    #: So long it lies still, and can be taken back.
    grace: timedelta = timedelta()
    #: When it leaves; that is no attempt yet, and stops nothing.
    later: datetime | None = None
    #: Of which page; the same words from it are the same message, however often they come (P12),
    #: which goes as it was sent last.
    once: str = ""


AT_ONCE = Conditions()


async def send(
    session: Session, actor: Actor, case: Case, kind: MessageKind, body: Body, how: Conditions
) -> Message:
    """Trying to reach the person is what stops the clock (P2). The case is the actor's, locked.

    Raises Refused.
    """
    row_id = id_of(case.id, actor, how.once, body)
    if (sent := await came_before(session, Message, row_id)) is not None:
        if await _goes_so(session, sent, how):
            return sent
        await unwrite(session, actor, case, sent.id)
    if how.later is not None:
        _ensure_can_wait(case, how)
    why = await overrule_hours(session, actor, case, how.any_hour) if how.any_hour.strip() else None
    await ensure_wanted(session, case, vital=how.vital)
    returnee = await session.get_one(Returnee, case.returnee_id)
    message = await keep_ours(session, case, actor, kind, body, row_id=row_id)
    message.only_confirmed = how.only_confirmed
    message.planned = how.later is not None
    row = await _put(session, case, returnee, message, body, how, any_hour=why is not None)
    message.outbox_id = row.id
    if how.later is not None:
        audited(session, case, actor.staff_id, "planned")
        return message
    reasons = ["vital-interest"] * how.vital + [AT_ANY_HOUR] * (why is not None)
    await reached_out(session, actor, case, reasons, why)
    return message


async def _goes_so(session: Session, sent: Message, how: Conditions) -> bool:
    """Whether what came from that page before goes as it is to go now. What leaves at once is never
    put off by that: of two that come almost together, the one for later may be the older one.
    """
    if how.later is not None and not sent.planned:
        return True
    row = await session.get(OutboxRow, sent.outbox_id)
    leaves_at = row.not_before if sent.planned and row is not None else None
    if (leaves_at, sent.only_confirmed) != (how.later, how.only_confirmed):
        return False
    return not how.any_hour.strip() or await was_for_any_hour(session, sent)


async def must_wait(session: Session, message: Message) -> bool:
    """Whether it won't leave once it has lain still, as far as can be told now: it is no hour for
    it, or it is not sure who is there.
    """
    row = await session.get(OutboxRow, message.outbox_id)
    if row is None or row.state not in UNSENT:
        return False
    going = as_it_waits(row.notice_class, content_of(row, session.keys), timedelta())
    returnee = await session.get_one(Returnee, message.returnee_id)
    return held(going, await contact_with(session, returnee), session.now) is not None


async def ensure_wanted(session: Session, case: Case, *, vital: bool = False) -> None:
    """Raises RefusedForThem where the person wants nobody to write to them any more, or perhaps
    somebody made them ask to be forgotten.
    """
    if not vital and await took_back(session, case):
        raise RefusedForThem(
            "They want nobody to write to them any more, unless a life depends on it."
        )
    returnee = await session.get_one(Returnee, case.returnee_id)
    if (await contact_with(session, returnee)).hushed:
        raise RefusedForThem("Nobody writes to them now: a deletion was asked, perhaps by force.")


def _ensure_can_wait(case: Case, how: Conditions) -> None:
    if case.first_action_at is None:
        raise Refused("Try to reach the person first: nobody has yet.")
    if how.any_hour.strip():
        raise Refused("Send it now for a reason, or later: not both.")


async def _put(
    session: Session,
    case: Case,
    returnee: Returnee,
    message: Message,
    body: Body,
    how: Conditions,
    *,
    any_hour: bool,
) -> OutboxRow:
    row = await tell(
        session,
        returnee,
        Notice.CASEWORKER_WORDS,
        {
            "message": str(message.id),
            ONLY_CONFIRMED: how.only_confirmed or _to_somebody_known(session, returnee, body, how),
            ANY_HOUR: any_hour,
        },
        case_id=case.id,
        not_before=how.later or session.now + how.grace,
    )
    # However the worker wrote, their organisation's console shows whether it arrived.
    row.organisation_id = case.organisation_id
    await session.flush()
    return row


def _to_somebody_known(session: Session, returnee: Returnee, body: Body, how: Conditions) -> bool:
    """Whoever is sure who reads it writes as to that person, and is asked for no tick: should that
    come into doubt before it leaves, it waits (P13). A ready sentence names nobody.
    """
    is_known = who_is_there(returnee, session.now) is Identity.CONFIRMED
    return "phrase" not in body and (how.to_somebody_known or is_known)
