"""Somebody who was to be forgotten stays: what their request called back goes on."""

from uuid import UUID

from sqlalchemy import select, update

from domain.notices import Notice
from domain.notices.waiting import waiting
from domain.referrals.making import PERSON_ANSWERS_WITHIN, ask_person
from domain.safety.judging import LEAVING
from storage.kinds import CheckInState, ReferralState
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee


async def ask_anew(session: Session, returnee: Returnee) -> None:
    """All that waited to be sent was called back, and their chat emptied. Where a referral waits
    for their word they are asked once more, and have their days again; and that they left a
    check-in unanswered was no silence of theirs (P3). Needs the service's scope.
    """
    await session.execute(
        update(CheckIn)
        .where(CheckIn.returnee_id == returnee.id, CheckIn.state == CheckInState.SENT)
        .values(state=CheckInState.SKIPPED, reason=LEAVING, silent_at=None)
        .execution_options(synchronize_session=False)
    )
    theirs = OutboxRow.returnee_id == returnee.id
    questions = await waiting(session, session.keys, Notice.REFERRAL_ASKED, theirs)
    waits = {UUID(question["referral"]) for question in questions}
    found = await session.scalars(
        select(Referral)
        .where(Referral.returnee_id == returnee.id, Referral.state == ReferralState.ASKED)
        .with_for_update()
    )
    for referral in found.all():
        if referral.id not in waits:
            await ask_person(session, returnee, referral)
            referral.look_at = session.now + PERSON_ANSWERS_WITHIN
