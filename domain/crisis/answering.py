"""What is done when the watch hears something, and when somebody asks for a human."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from domain import prefetched
from domain.cases import states
from domain.cases.events import has_reason
from domain.cases.finding import open_case_of
from domain.children.saying import of_a_child, says_child
from domain.consent.reading import may_read, not_before_a_no
from domain.crisis.gentle_question import concern_answered_lately
from domain.distress.assessment import Assessment
from domain.duty import is_staffed
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.notices import Notice, tell
from domain.notices.telling import told_lately
from domain.returnees.chats import chat_id_of
from domain.returnees.enrolments import organisation_of
from domain.safety.rejudging import count_as_written
from domain.signals.opening import open_or_append, would_reopen
from storage.kinds import CaseState, MessageKind, Severity
from storage.outbox.contents import Notification
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.returnees import Returnee

# A crisis notice that says nothing graver than the last one waits so long (P12).
QUIET = timedelta(minutes=10)
_HUMAN, _LIKENESS = "human-request", "likeness"
_ASKED = "asked.human"


async def answer_signal(
    session: Session,
    returnee: Returnee,
    organisation_id: UUID,
    heard: Assessment,
    *,
    original: Body | None = None,
    kind: MessageKind = MessageKind.TEXT,
    shown: bool = True,
) -> Case | None:
    """What the watch heard leads to a case, or to the question whether somebody should come.

    An emergency always opens a case, and so does a child who says so; anything less needs the
    person's consent to a caseworker, or a talk that is open already or opens again by these words,
    and is otherwise asked about with one tap. `original` is the message as `keep_message` takes it:
    where a case is returned, it lies in it already. `shown`: the team reads what they said.
    Somebody whose chat is frozen is heard all the same, and shown nothing. Needs the service's
    scope.
    """
    severity, reasons = heard.severity, heard.reasons
    if severity is Severity.NONE:
        if heard.ask and not await is_read(session, returnee):
            await _offer(session, returnee, severity)
        return None
    child = says_child(severity, reasons)
    if child:
        returnee.said_child_at = session.now
    vital = child or severity is Severity.EMERGENCY
    if not vital and not await _need_not_ask(session, returnee, severity, original):
        await _offer(session, returnee, severity)
        return None
    case = await open_or_append(
        session, returnee, organisation_id, severity, reasons, decided_by=heard.version or None
    )
    if original is not None:
        cry: Body = {**original, "cry": True}
        await keep_message(session, returnee, case, kind, cry, session.now)
    await _answer(session, returnee, case, heard, shown=shown)
    return case


async def is_asked_enough(session: Session, returnee: Returnee, heard: Assessment) -> bool:
    """Whether nothing would come of it but a question that they have answered lately: of a concern,
    where nobody may read it. What is graver is asked about each time (P1).
    """
    if heard.severity is not Severity.CONCERN or await may_read(session, returnee):
        return False
    return await concern_answered_lately(session, chat_id_of(session, returnee))


async def call_for_child(session: Session, returnee: Returnee, organisation_id: UUID) -> None:
    """As if they had said to the team that they are a child. They said nothing of it just now: they
    are told when words that nobody asked for may come (P4), whatever they cry until then is
    answered, and a no of theirs to every reader goes on (P5). It keeps nobody from coming to them.
    Needs the service's scope.
    """
    returnee.said_child_at = session.now
    heard = of_a_child(Assessment(Severity.URGENT, ask=False, reasons=()))
    case = await open_or_append(
        session, returnee, organisation_id, heard.severity, heard.reasons, by_others=True
    )
    await _tell(session, returnee, Notice.CHILD_CALLED_FOR, case)


async def _need_not_ask(
    session: Session, returnee: Returnee, severity: Severity, original: Body | None
) -> bool:
    """They agreed, or a talk is open; or one was closed lately, which any words of theirs open
    again: then a cry must be no less than a greeting. Of a concern they are asked all the same.
    """
    if await may_read(session, returnee):
        return True
    if severity is Severity.CONCERN or original is None:
        return False
    return await would_reopen(session, returnee)


def _asks_for_human_alone(heard: Assessment) -> bool:
    """Nobody who only wants somebody to talk with is told that they may be in danger (P11). A
    likeness has no words that would say more.
    """
    families = {reason.partition(".")[0] for reason in heard.reasons}
    return heard.severity is Severity.URGENT and _HUMAN in families <= {_HUMAN, _LIKENESS}


async def ask_for_human(
    session: Session, returnee: Returnee, *, reasons: Sequence[str] = ()
) -> Case:
    """The person wants somebody, whose words are asked for from now on (P4). `reasons` are those of
    an offer that they took up.

    Needs the service's scope.
    """
    count_as_written(session, returnee)
    organisation_id = await organisation_of(session, returnee)
    asked = [_ASKED, *reasons]
    case = await open_or_append(session, returnee, organisation_id, Severity.URGENT, asked)
    # Asking is agreeing, for this talk.
    case.agreed_at = await not_before_a_no(session, returnee)
    await _tell(session, returnee, Notice.HELP_ASKED, case)
    return case


async def is_called(session: Session, returnee: Returnee) -> bool:
    """Whether somebody is on their way to them since they asked. A case that stands still brings
    nobody, and whoever comes for something else knows nothing of it.
    """
    case = await open_case_of(session, returnee.id)
    if case is None or states.stands_still(case):
        return False
    return await has_reason(session, case, _ASKED)


async def is_somebody_there(session: Session, returnee: Returnee, case: Case | None) -> bool:
    """Whether anybody is on duty where what they write is heard: with whoever has their open case,
    if there is one, and not where they were enrolled last (P11).
    """
    organisation_id = case.organisation_id if case else await organisation_of(session, returnee)
    return await is_staffed(session, organisation_id, for_person=returnee.id)


async def is_read(session: Session, returnee: Returnee) -> bool:
    """Whether a caseworker reads whatever they write now: then nobody need be offered."""
    return await _has_open_case(session, returnee) and await may_read(session, returnee)


async def _has_open_case(session: Session, returnee: Returnee) -> bool:
    known = prefetched.known(session, returnee.id)
    if known is not None:
        return known.newest_case is not None and known.newest_case.state is not CaseState.RESOLVED
    found = await session.scalar(select(Case.id).where(Case.returnee_id == returnee.id, UNRESOLVED))
    return found is not None


async def _answer(
    session: Session, returnee: Returnee, case: Case, heard: Assessment, *, shown: bool
) -> None:
    """Once, and again when it became graver or the last time is a while ago. What answers a wish
    for somebody keeps no later warning back.
    """
    told, severity = case.crisis_told_at, heard.severity
    if told is not None and session.now - told < QUIET:
        return
    if says_child(severity, heard.reasons) and severity is not Severity.EMERGENCY:
        await _tell(session, returnee, Notice.CHILD_HEARD, case)
    elif _asks_for_human_alone(heard) and case.severity is Severity.URGENT:
        await _tell(session, returnee, Notice.HELP_ASKED, case, again_in=QUIET)
        return
    elif severity is not Severity.CONCERN:
        await _tell(session, returnee, Notice.CRISIS, case, shown=shown)
    elif case.severity is Severity.CONCERN:
        await _offer(session, returnee, severity)
    else:
        return
    case.crisis_told_at = session.now


async def _tell(
    session: Session,
    returnee: Returnee,
    notice: Notice,
    case: Case,
    *,
    shown: bool = True,
    again_in: timedelta = timedelta(),
) -> None:
    """Says whether somebody is on duty, and within how many minutes they should answer (P11);
    unless just that was said so lately.
    """
    if returnee.frozen_at is not None:
        return
    left = (case.deadline_at - session.now) // timedelta(minutes=1) if case.deadline_at else 0
    params = {
        "severity": case.severity,
        "staffed": await is_somebody_there(session, returnee, case),
        "minutes": max(left, 0),
        **({} if shown else {"unshown": True}),
    }
    told = Notification(notice, params)
    if again_in and await told_lately(session, chat_id_of(session, returnee), told, again_in):
        return
    await tell(session, returnee, notice, params, case_id=case.id)


async def _offer(session: Session, returnee: Returnee, severity: Severity) -> None:
    if returnee.frozen_at is None:
        await tell(session, returnee, Notice.HELP_OFFERED, {"severity": severity})
