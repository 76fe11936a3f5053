"""What a person says about somebody of the staff, or whom they don't want: past the team.

While they confide, nothing they write reaches their case. Whoever does the safeguarding hears it,
and an administrator instead where it is about just those; whoever it turns out to be about sees
nothing of it any more from the moment that they are kept apart.
"""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, select

from domain.codes.spoken import unused_code
from domain.messages.body import Body
from domain.messages.keeping import row_id_of
from domain.returnees.enrolments import current_enrolments, newest_of
from domain.safeguarding.listening import alert_safeguarding, listeners_of
from domain.safeguarding.messages import add_edit, keep_told, told_as, words_for
from domain.safeguarding.recordings import hear_anew, owe_hearing
from domain.safeguarding.unreached import call_back_answers
from storage.batches import at_most
from storage.kinds import UNREADABLE, ComplaintKind, MessageKind, Role, Severity
from storage.sessions import Session
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage

# So long after their last word, what they write is the team's again.
CONFIDES_FOR = timedelta(hours=1)
_GRAVITY = {
    ComplaintKind.ABOUT_STAFF: Severity.URGENT,
    ComplaintKind.KEEP_AWAY: Severity.CONCERN,
}
# A case's code looks otherwise.
_CODE = "S-??????"


class Confidant(StrEnum):
    """Who hears a complaint."""

    LEAD = "lead"
    ADMINISTRATOR = "administrator"
    NOBODY = "nobody"


async def confide(
    session: Session, returnee: Returnee, kind: ComplaintKind, *, past_lead: bool = False
) -> None:
    """What they write from now on is for safeguarding where they are accompanied now. Needs the
    service's scope, as all of this.

    `past_lead`: it is about whoever would read it.
    """
    find = _where_they_confide if past_lead else _with_those_of_now
    complaint = await find(session, returnee)
    if complaint is None:
        complaint = await new_complaint(
            session, returnee.id, await newest_of(session, returnee), kind
        )
    elif kind is ComplaintKind.ABOUT_STAFF:
        complaint.kind = kind
        complaint.severity = _graver(complaint.severity, _GRAVITY[kind])
    _goes_on(session, returnee, complaint)
    if past_lead and not complaint.past_lead:
        complaint.past_lead, complaint.taken_by = True, None
        await call_back_answers(session, complaint)
        await hear_anew(session, Complaint.id == complaint.id)
        if complaint.next_alert_at is not None:
            # Somebody else has to hear what was said already.
            await alert_safeguarding(session, complaint)
    await session.flush()


async def confide_in_answer(session: Session, returnee: Returnee, message_id: UUID) -> None:
    """What they write from now on is for whoever wrote them these words, wherever they are by now.

    Raises Refused for words to somebody else.
    """
    words = await words_for(session, returnee, message_id)
    await _go_on_from(session, returnee, words)


async def take_up(session: Session, returnee: Returnee, number: int) -> None:
    """They answer, by the gesture for that, the message of this number in their chat: where
    safeguarding wrote it, or they confided it, this and what they write from now on is for the same
    readers.
    """
    answered = await told_as(session, returnee, number)
    if answered is not None:
        await _go_on_from(session, returnee, answered)


async def _go_on_from(session: Session, returnee: Returnee, words: ComplaintMessage) -> None:
    answered = await session.get_one(Complaint, words.complaint_id)
    if answered.closed_at is not None:
        answered = await new_complaint(
            session,
            returnee.id,
            answered.organisation_id,
            ComplaintKind.KEEP_AWAY,
            past_lead=answered.past_lead,
        )
    _goes_on(session, returnee, answered)


def confides(session: Session, returnee: Returnee) -> bool:
    """Whether what they write just now goes past the team."""
    return returnee.confides_until is not None and returnee.confides_until > session.asked_at


def said_all(returnee: Returnee) -> None:
    """What they write now is the team's again."""
    returnee.confides_until = returnee.confides_in = None


async def hear_in_confidence(
    session: Session, returnee: Returnee, kind: MessageKind, body: Body, severity: Severity
) -> Complaint:
    """Keeps what they said for safeguarding, who are alerted. What no machine can read is urgent
    until a human has heard or seen it (P1).
    """
    number = await row_id_of(session, returnee, body)
    known = await session.get(ComplaintMessage, number) if number is not None else None
    edited = await _open_one(session, Complaint.id == known.complaint_id) if known else None
    complaint = (
        edited
        or await _where_they_confide(session, returnee)
        or await new_complaint(
            session,
            returnee.id,
            await newest_of(session, returnee),
            ComplaintKind.ABOUT_STAFF,
            past_lead=await _goes_past_lead(session, returnee, known),
        )
    )
    _goes_on(session, returnee, complaint)
    complaint.severity = _graver(complaint.severity, severity)
    if known is None:
        await keep_told(session, complaint, kind, body, row_id=number)
    elif edited is None:
        # Closed with what it said before, and nobody looks there any more.
        await keep_told(session, complaint, kind, body)
    else:
        await add_edit(session, complaint, known, kind, body)
    if kind in UNREADABLE:
        await owe_hearing(session, complaint)
    await alert_safeguarding(session, complaint)
    return complaint


async def new_complaint(
    session: Session,
    returnee_id: UUID,
    organisation_id: UUID,
    kind: ComplaintKind,
    *,
    raised_by: UUID | None = None,
    past_lead: bool = False,
) -> Complaint:
    """Nobody sees or hears of it before there are words in it."""
    complaint = Complaint(
        code=await unused_code(session, Complaint.code, _CODE),
        organisation_id=organisation_id,
        returnee_id=returnee_id,
        kind=kind,
        severity=_GRAVITY[kind],
        past_lead=past_lead,
        raised_by=raised_by,
        opened_at=session.now,
    )
    session.add(complaint)
    await session.flush()
    return complaint


async def confidant_of(session: Session, returnee: Returnee) -> Confidant:
    """Who reads what this person confides now; the truth, for them to know (P11)."""
    complaint = await _where_they_confide(session, returnee)
    past_lead = complaint is not None and complaint.past_lead
    heard_at = await organisation_confided_in(session, returnee)
    listeners = await listeners_of(session, heard_at, returnee.id, past_lead=past_lead)
    if not listeners:
        return Confidant.NOBODY
    return Confidant.LEAD if listeners[0].role is Role.SAFEGUARDING else Confidant.ADMINISTRATOR


async def organisation_confided_in(session: Session, returnee: Returnee) -> UUID:
    """The organisation where somebody reads what this person confides now."""
    complaint = await _where_they_confide(session, returnee)
    return complaint.organisation_id if complaint else await newest_of(session, returnee)


def _goes_on(session: Session, returnee: Returnee, complaint: Complaint) -> None:
    """What they write next belongs there, too."""
    returnee.confides_until = session.now + CONFIDES_FOR
    returnee.confides_in = complaint.id


async def _goes_past_lead(
    session: Session, returnee: Returnee, known: ComplaintMessage | None
) -> bool:
    """Of what begins anew: whether what it goes on from, which is closed by now, was about whoever
    leads, and none of theirs to read.
    """
    going_on = returnee.confides_in if confides(session, returnee) else None
    number = known.complaint_id if known else going_on
    before = await session.get(Complaint, number) if number else None
    return before is not None and before.past_lead


async def _where_they_confide(session: Session, returnee: Returnee) -> Complaint | None:
    """In the midst of it, wherever that is; else as with a new one."""
    if confides(session, returnee):
        begun = await _open_one(session, Complaint.id == returnee.confides_in)
        if begun is not None:
            return begun
    return await _with_those_of_now(session, returnee)


async def _with_those_of_now(session: Session, returnee: Returnee) -> Complaint | None:
    """Nobody reads anew of those whom they have left."""
    enrolled = await current_enrolments(session, returnee.id)
    theirs = {each.organisation_id for each in enrolled} or {await newest_of(session, returnee)}
    return await _open_one(
        session,
        Complaint.returnee_id == returnee.id,
        Complaint.raised_by.is_(None),
        Complaint.organisation_id.in_(theirs),
    )


async def _open_one(session: Session, *which: ColumnElement[bool]) -> Complaint | None:
    """The newest of these that is not closed."""
    return await session.scalar(
        select(Complaint)
        .where(Complaint.closed_at.is_(None), *which)
        .order_by(Complaint.opened_at.desc())
        .limit(at_most(1))
        .with_for_update()
    )


def _graver(one: Severity, other: Severity) -> Severity:
    return max(one, other, key=lambda severity: severity.rank)
