"""What was kept for a life's sake alone goes when its time is over (P5, P6)."""

from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from domain import audit
from domain.casework.closing import say_it_ended
from domain.consent.reading import took_back
from domain.messages.recordings import forget_recording
from domain.one_by_one import each_due
from domain.privacy.erasing import remove_case
from domain.recovery.quiet import newest_restore
from domain.referrals.withdrawing import together_in
from domain.retention.strangers import remove_stranger
from domain.retention_periods import (
    RECORDING_WITHOUT_CONSENT,
    TALK_WITHOUT_CONSENT,
    TIME_TO_ANSWER,
)
from domain.returnees.person import lock_if_free
from storage.kinds import CaseState, Severity
from storage.sessions import Session
from storage.tables.cases import Case, Message
from storage.tables.safeguarding import Complaint, ComplaintMessage, open_complaints

_SOON = timedelta(seconds=10)
_ANOTHER = aliased(Case)
# Whoever has another open case of that person reads in it what was said before. Those who took over
# elsewhere have a talk of their own. Safeguarding hears first what it was told.
_AT_REST = (
    ~exists().where(
        _ANOTHER.returnee_id == Case.returnee_id,
        _ANOTHER.organisation_id == Case.organisation_id,
        _ANOTHER.state != CaseState.RESOLVED,
    ),
    ~open_complaints(Case.returnee_id).exists(),
)


async def forget(session: Session) -> int:
    """The tick: some recordings, then some talks; how many. Needs the service's scope.

    What nobody has heard stays (P1), and a talk while the organisation has another open case of
    that person, or safeguarding something that they told it.
    """
    recordings = 0
    for kept in (Message, ComplaintMessage):
        heard = kept.heard_at.is_not(None)
        due = await each_due(session, kept.forget_at, _forget_one, "recordings.failed", heard)
        recordings += due
    # Those who help together with them take over first: domain/referrals/following.py.
    over = (
        Case.state == CaseState.RESOLVED,
        ~exists().where(*together_in(Case)),
        *_AT_REST,
    )
    return recordings + await each_due(session, Case.erase_at, _erase_talk, "talks.failed", *over)


async def _forget_one(session: Session, message: Message | ComplaintMessage) -> None:
    if await _may_save_a_life(session, message):
        message.forget_at = session.now + RECORDING_WITHOUT_CONSENT
    else:
        await forget_recording(session, message)


async def _may_save_a_life(session: Session, message: Message | ComplaintMessage) -> bool:
    if isinstance(message, Message):
        case = await session.get_one(Case, message.case_id)
        return case.severity is Severity.EMERGENCY and case.state is not CaseState.RESOLVED
    told = await session.get_one(Complaint, message.complaint_id)
    return told.severity is Severity.EMERGENCY and told.closed_at is None


async def _erase_talk(session: Session, case: Case) -> None:
    """With all its words; and whoever was known by nothing else is a stranger again. The person is
    locked by then: what they agree to, cry for or confide at this moment comes first.
    """
    if not await lock_if_free(session, case.returnee_id, key_share=False):
        case.erase_at = session.now + _SOON
        return
    if await session.scalar(select(Case.id).where(Case.id == case.id, *_AT_REST)) is None:
        # They cried, or told something, a moment after the tick looked.
        case.erase_at = session.now + _SOON
        return
    if await _is_to_be_asked_about_again(session, case):
        case.erase_at = session.now + TALK_WITHOUT_CONSENT
        await say_it_ended(session, case)
        return
    audit.record(session, case.organisation_id, "case.erased", subject=case.id)
    await remove_case(session, case)
    await remove_stranger(session, case.returnee_id)


async def _is_to_be_asked_about_again(session: Session, case: Case) -> bool:
    """It ended before a backup was restored, and that they said yes to it may be lost with what
    came after that backup. Once, and not where they have said no since.
    """
    restored = await newest_restore(session)
    if restored is None or case.resolved_at is None or case.resolved_at > restored:
        return False
    was_asked_again = restored + TIME_TO_ANSWER + TALK_WITHOUT_CONSENT
    if case.erase_at is None or case.erase_at >= was_asked_again:
        return False
    return not await took_back(session, case, since=restored)
