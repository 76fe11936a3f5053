"""What is done at once when an answer is worrying. An answer that is not changes nothing (P13)."""

from uuid import UUID

from domain.consent import has_consent
from domain.crisis.answering import answer_signal, ask_for_human
from domain.distress.assessment import Assessment
from domain.questionnaires.filling import Worry
from domain.returnees.enrolments import current_enrolment, organisation_of
from domain.safety.rejudging import count_as_written
from domain.signals.opening import open_or_append
from storage.kinds import Purpose, Severity
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee


async def hear(session: Session, returnee: Returnee, check_in: CheckIn, worry: Worry) -> None:
    """Danger goes the way of any cry for help; a need goes to a case without a word."""
    reasons = (worry.reason,)
    if worry.wants_human:
        await ask_for_human(session, returnee, reasons=reasons)
    elif worry.severity.rank >= Severity.URGENT.rank:
        organisation_id = await _who_answers(session, returnee, check_in)
        # An answer within minutes is promised to them, so it may come.
        count_as_written(session, returnee)
        heard = Assessment(worry.severity, ask=False, reasons=reasons)
        await answer_signal(session, returnee, organisation_id, heard)
    elif await _staff_may_know(session, returnee):
        organisation_id = await _who_answers(session, returnee, check_in)
        await open_or_append(session, returnee, organisation_id, worry.severity, reasons)


async def _who_answers(session: Session, returnee: Returnee, check_in: CheckIn) -> UUID:
    """Whoever asked, while they accompany the person: one that handed them over is past (P10)."""
    asks = await current_enrolment(session, returnee.id, check_in.organisation_id)
    return asks.organisation_id if asks else await organisation_of(session, returnee)


async def _staff_may_know(session: Session, returnee: Returnee) -> bool:
    return await has_consent(session, returnee.id, Purpose.ANSWERS) and await has_consent(
        session, returnee.id, Purpose.CASEWORKER
    )
