"""What a caseworker does with a case. Each verb raises NotAllowed or Refused."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.actors import Actor
from domain.cases import states
from domain.cases.changes import said_so_far
from domain.cases.clock import wind
from domain.cases.events import happened
from domain.cases.finding import find_case, own_case, pseudonym, unresolved_case
from domain.cases.notes import sealed_note
from domain.cases.reaching import TALK, reached_out
from domain.cases.returning import put_back
from domain.casework.closing import close, say_it_ended
from domain.casework.tasks import ensure_nothing_is_left, owe_debrief
from domain.errors import Refused, RefusedForThem
from domain.idempotency import came_before, id_of
from domain.illegible import if_legible
from domain.messages.body import Body
from domain.messages.recordings import now_heard
from domain.messages.sealing import as_far_as_it_opens
from domain.messages.sendable import ensure_sendable
from domain.notices import Notice, tell
from domain.replies.phrases import Phrase
from domain.replies.sending import AT_ONCE, Conditions, ensure_wanted, send
from domain.returnees.keys import data_key
from domain.safety.contacts import contact_with
from domain.safety.judging import WORKERS_WORDS, held
from domain.staff import name_of
from domain.staff.accounts import ensure_works_here
from storage.kinds import CaseEventKind, CaseState, MessageKind, Outcome, Severity
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff

#: Thirty pages, in letters.
LONGEST_NOTE = 80_000


async def claim(session: Session, actor: Actor, case_id: UUID) -> list[str]:
    """The case is theirs. Of two who claim at once, the second is told who has it.

    Claiming an emergency hands their other running clocks back to the others: returns the codes of
    those.
    """
    return await claim_locked(session, actor, await unresolved_case(session, actor, case_id))


async def claim_locked(session: Session, actor: Actor, case: Case) -> list[str]:
    """The same of one that is locked."""
    if case.claimed_by == actor.staff_id:
        return []
    if case.claimed_by is not None:
        holder = await session.get_one(Staff, case.claimed_by)
        raise Refused("{name} has this case already.", name=name_of(session, holder))
    await ensure_works_here(session, actor)
    states.take(case, actor.staff_id, session.now)
    happened(session, case, CaseEventKind.CLAIMED, staff_id=actor.staff_id)
    await wind(session, case)
    if case.severity is not Severity.EMERGENCY:
        return []
    return await _hand_back_others(session, actor, case)


async def release(session: Session, actor: Actor, case_id: UUID) -> None:
    """Back to the queue, where alerts begin again."""
    case = await own_case(session, actor, case_id)
    await owe_debrief(session, case)
    await put_back(session, case, CaseEventKind.RELEASED, staff_id=actor.staff_id)


async def write(
    session: Session,
    actor: Actor,
    case_id: UUID,
    text: str,
    how: Conditions = AT_ONCE,
    *,
    phrase: Phrase | None = None,
) -> Message:
    """Words to the person. `phrase`: which of the ready sentences they are, in their language."""
    case = await own_case(session, actor, case_id)
    ensure_sendable(text)
    await _ensure_no_note(session, case, text)
    body = Body(text=text.strip())
    if phrase is not None:
        body["phrase"] = phrase
    return await send(session, actor, case, MessageKind.TEXT, body, how)


async def ask_to_talk(session: Session, actor: Actor, case_id: UUID, once: str = "") -> bool:
    """Asks whether it is safe to talk now, without a word of what about. It is reaching out.

    Returns whether they are asked now: else the question waits, as everything to them does.
    """
    case = await own_case(session, actor, case_id)
    returnee = await session.get_one(Returnee, case.returnee_id)
    line_id = id_of(case.id, actor, once, TALK)
    if await came_before(session, CaseEvent, line_id) is None:
        await ensure_wanted(session, case)
        told = {"case": str(case.id)}
        await tell(session, returnee, Notice.SAFE_TO_TALK, told, case_id=case.id)
        await reached_out(session, actor, case, [TALK], line_id=line_id)
    contact = await contact_with(session, returnee)
    return held(WORKERS_WORDS, contact, session.now) is None


async def note(session: Session, actor: Actor, case_id: UUID, text: str, once: str = "") -> None:
    """For colleagues. It never stops a clock."""
    case = await find_case(session, actor, case_id, lock=True)
    if not text.strip():
        raise Refused("A note needs words.")
    if len(text) > LONGEST_NOTE:
        raise Refused("Use at most {most} characters.", most=LONGEST_NOTE)
    line_id = id_of(case.id, actor, once, CaseEventKind.NOTE, text.strip())
    if await came_before(session, CaseEvent, line_id) is not None:
        return
    body = await sealed_note(session, case, text)
    kind = CaseEventKind.NOTE
    happened(session, case, kind, staff_id=actor.staff_id, body=body, line_id=line_id)


async def snooze(session: Session, actor: Actor, case_id: UUID, until: datetime) -> None:
    """Quiet until then, or until the person writes. What waits for an answer, the first one or one
    more, is not put off: only trying to reach the person stops that clock (P2).
    """
    case = await own_case(session, actor, case_id)
    if case.first_action_at is None or case.state is CaseState.CLAIMED:
        raise Refused("Try to reach the person first: nobody has yet.")
    if until <= session.now:
        raise Refused("Choose a time that is still to come.")
    states.put_off(case, until)
    happened(session, case, CaseEventKind.SNOOZED, staff_id=actor.staff_id)
    await wind(session, case)


async def resolve(
    session: Session, actor: Actor, case_id: UUID, outcome: Outcome, read: str | None = None
) -> None:
    """Closes the case and tells the person, who can say that they still need help.

    `read`: what had been said (domain/cases/changes.py) when whoever closes it last looked. What
    has come since is looked at first.
    """
    case = await own_case(session, actor, case_id)
    if read is not None and read != await said_so_far(session, case.id):
        raise Refused(
            "Something new has come in this case since: read it first, then close it anew."
        )
    await ensure_nothing_is_left(session, case)
    await close(session, case, outcome, staff_id=actor.staff_id)
    await say_it_ended(session, case)


async def mark_heard(session: Session, actor: Actor, message_id: UUID, file_id: str | None) -> None:
    """A human has heard this recording, or seen this picture: that file, and none that the person
    has put in its place meanwhile. None for what can't be shown.
    """
    case_id = await session.scalar(select(Message.case_id).where(Message.id == message_id))
    if case_id is None:
        raise Refused("There is no such message.")
    case = await find_case(session, actor, case_id, lock=True)
    message = await session.get_one(Message, message_id, populate_existing=True)
    key = await if_legible(data_key(session, message.returnee_id))
    body, _ = as_far_as_it_opens(key, message)
    if message.heard_at is None and body.get("file_id") == file_id:
        await now_heard(session, message, actor.staff_id)
        await wind(session, case)


async def _ensure_no_note(session: Session, case: Case, text: str) -> None:
    """What only colleagues call a person and a case never goes to a phone."""
    name = await session.scalar(select(pseudonym()).where(Case.id == case.id)) or case.code
    if re.search(rf"(?<!\w)({re.escape(name)}|{re.escape(case.code)})(?!\w)", text, re.IGNORECASE):
        raise RefusedForThem(
            "This names them as only colleagues do, and would go to their phone. Is it a note?"
        )


async def _hand_back_others(session: Session, actor: Actor, emergency: Case) -> list[str]:
    found = await session.scalars(
        select(Case)
        .where(
            Case.claimed_by == actor.staff_id,
            Case.state == CaseState.CLAIMED,
            Case.id != emergency.id,
        )
        .order_by(Case.id)
        .with_for_update()
    )
    others = found.all()
    for case in others:
        await put_back(session, case, staff_id=actor.staff_id)
    return [case.code for case in others]
