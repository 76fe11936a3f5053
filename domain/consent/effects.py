"""What follows at once from a yes or a no.

What is kept already: answers about health and feelings are erased, recordings that a human has
heard are forgotten, and talks that ended are erased after 30 days.
"""

from sqlalchemy import delete, select, update

from domain.cases.events import happened
from domain.cases.finding import newest_case
from domain.consent.reading import said_no_since, took_back
from domain.questionnaires.shelf import editions
from domain.retention_periods import TALK_WITHOUT_CONSENT
from domain.safety.rejudging import judge_barred
from storage.kinds import UNREADABLE, CaseEventKind, CaseState, Purpose
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import ComplaintMessage


async def take_effect(
    session: Session, returnee: Returnee, purpose: Purpose, *, granted: bool, before: bool
) -> None:
    """`before` is what held until now. Needs the service's scope."""
    match purpose:
        case Purpose.CASEWORKER:
            await _talks(session, returnee, keep=granted, taken_back=before and not granted)
        case Purpose.ANSWERS if not granted:
            await _forget_answers(session, returnee)
        case Purpose.VOICE:
            await _recordings(session, returnee, keep=granted)
        case Purpose.ANSWERS | Purpose.CHECK_INS | Purpose.PARTNER:
            pass


async def _talks(session: Session, returnee: Returnee, *, keep: bool, taken_back: bool) -> None:
    theirs = update(Case).where(Case.returnee_id == returnee.id)
    if keep:
        await session.execute(theirs.values(erase_at=None))
        return
    # Whoever closes it now still goes by the consent.
    case = await newest_case(session, returnee, lock=True)
    ended = (Case.state == CaseState.RESOLVED, Case.erase_at.is_(None))
    erase_at = session.now + TALK_WITHOUT_CONSENT
    await session.execute(theirs.where(*ended).values(erase_at=erase_at))
    if case is None:
        return
    goes_on = case.state is not CaseState.RESOLVED
    if taken_back and goes_on and await said_no_since(session, case):
        # A human looks after what becomes of it: no answer closes a case (P13).
        happened(session, case, CaseEventKind.CONSENT_TAKEN_BACK)
    if await took_back(session, case):
        # Its words and questions to them: in an emergency they go on, at their own hours.
        await judge_barred(session, OutboxRow.case_id == case.id)


async def _forget_answers(session: Session, returnee: Returnee) -> None:
    """Each by what it says in its own version of its own questionnaire."""
    asked = await session.execute(
        select(CheckIn.organisation_id, CheckIn.questionnaire)
        .where(CheckIn.returnee_id == returnee.id)
        .distinct()
    )
    found = await editions(session, [(organisation, name) for organisation, name in asked])
    for (organisation_id, name), questionnaire in found.items():
        check_ins = select(CheckIn.id).where(
            CheckIn.returnee_id == returnee.id,
            CheckIn.organisation_id == organisation_id,
            CheckIn.questionnaire == name,
        )
        private = [question.name for question in questionnaire.questions if question.private]
        await session.execute(
            delete(Answer).where(Answer.check_in_id.in_(check_ins), Answer.question.in_(private))
        )


async def _recordings(session: Session, returnee: Returnee, *, keep: bool) -> None:
    """What nobody has heard yet stays until somebody did: it may be a cry for help (P1)."""
    for sent in (Message, ComplaintMessage):
        heard = (
            sent.returnee_id == returnee.id,
            sent.kind.in_(UNREADABLE),
            sent.heard_at.is_not(None),
        )
        forget_at = None if keep else session.now
        await session.execute(update(sent).where(*heard).values(forget_at=forget_at))
