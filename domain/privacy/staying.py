"""Somebody who was to be forgotten stays: what their request ended or called back goes on."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select, update

from domain.cases.finding import newest_case
from domain.consent import renewal
from domain.notices import Notice
from domain.notices.waiting import waiting
from domain.referrals.making import PERSON_ANSWERS_WITHIN, ask_person
from domain.referrals.question import said_no
from domain.signals.opening import current_case, hear
from storage.kinds import CaseEventKind, CheckInState, Hold, Outcome, ReferralState
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure, passed_on
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee

# Before that, what was said in a chat counts there as said, whether or not it still stands there.
_CONSENT_AGAIN_IN = timedelta(days=1)


async def open_again(session: Session, returnee: Returnee, asked_at: datetime) -> None:
    """Their case, which the request had closed: no human said that it was over. Its team hears of
    it as when they write. Needs the service's scope, as all of this.
    """
    closed = await newest_case(session, returnee, lock=True)
    if closed is None or not await _ended_with_it(session, closed, asked_at):
        return
    case = await current_case(session, returnee)
    if case is not None:
        # They asked for nothing since: nobody tells them that nobody has answered yet (P11).
        case.told_waiting_at = session.now
        await hear(session, case)


async def _ended_with_it(session: Session, case: Case, asked_at: datetime) -> bool:
    """Not where those who had it want the person forgotten still."""
    by_itself = exists().where(
        CaseEvent.case_id == Case.id,
        CaseEvent.kind == CaseEventKind.RESOLVED,
        CaseEvent.at == Case.resolved_at,
        CaseEvent.staff_id.is_(None),
    )
    ended_with_it = select(Case.id).where(
        Case.id == case.id,
        Case.outcome == Outcome.NO_HELP_WANTED,
        Case.resolved_at >= asked_at,
        by_itself,
        ~passed_on(Case.organisation_id, Case.returnee_id),
    )
    return await session.scalar(ended_with_it) is not None


async def take_nothing_for_silence(session: Session, erasure: Erasure) -> None:
    """That they left a check-in unanswered was no silence of theirs (P3): their chat was emptied,
    or they have none, or it was said that they want nothing more. What they had begun they may go
    on with.
    """
    theirs = CheckIn.returnee_id == erasure.returnee_id
    if erasure.organisation_id is not None:
        theirs &= CheckIn.organisation_id == erasure.organisation_id
    asked = update(CheckIn).where(theirs).execution_options(synchronize_session=False)
    unanswered, begun = CheckIn.state == CheckInState.SENT, CheckIn.state == CheckInState.STARTED
    skipped = {"state": CheckInState.SKIPPED, "reason": Hold.LEAVING}
    await session.execute(asked.where(unanswered).values(silent_at=None, **skipped))
    await session.execute(asked.where(begun).values(silent_at=None))


async def ask_for_consent_anew(session: Session, returnee: Returnee) -> None:
    """Where their answers are open again, the question went with the chat that was emptied: they
    are asked once more, and until they can be, nothing lapses (P5).
    """
    await renewal.ask_again(session, returnee, session.now + _CONSENT_AGAIN_IN)


async def ask_anew(session: Session, returnee: Returnee) -> None:
    """All that waited to be sent was called back, and their chat emptied. Where a referral waits
    for their word they are asked once more, and have their days again.
    """
    theirs = OutboxRow.returnee_id == returnee.id
    questions = await waiting(session, session.keys, Notice.REFERRAL_ASKED, theirs)
    waits = {UUID(question["referral"]) for question in questions}
    found = await session.scalars(
        select(Referral)
        .where(
            Referral.returnee_id == returnee.id,
            Referral.state == ReferralState.ASKED,
            ~said_no(),
        )
        .with_for_update()
    )
    for referral in found.all():
        if referral.id not in waits:
            await ask_person(session, returnee, referral)
            referral.look_at = session.now + PERSON_ANSWERS_WITHIN
