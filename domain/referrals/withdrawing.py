"""What another organisation was given is taken away again."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, select, update

from domain.cases.events import happened
from storage.cases import Case, CaseAccess
from storage.kinds import CaseEventKind, ReferralState
from storage.referrals import UNDER_WAY, Referral
from storage.returnees import STILL_ENROLLED, Enrolment
from storage.sessions import Session


async def withdraw(session: Session, returnee_id: UUID, partner_ids: Collection[UUID]) -> None:
    """The person does not want these organisations to help them, or to know of them.

    What has been handed over already is the organisation's own: the person leaves it as they leave
    any. Needs the service's scope.
    """
    if not partner_ids:
        return
    found = await session.scalars(
        select(Referral)
        .where(
            Referral.returnee_id == returnee_id,
            func.coalesce(Referral.partner_id, Referral.mail_partner_id).in_(partner_ids),
            Referral.state.in_(UNDER_WAY),
            # Nothing has gone yet, and nobody is to learn what the person answered.
            Referral.state != ReferralState.ASKED,
        )
        .with_for_update()
    )
    for referral in found.all():
        await end(session, referral, ReferralState.REVOKED)
    theirs = select(Case.id).where(Case.returnee_id == returnee_id)
    await session.execute(
        delete(CaseAccess).where(
            CaseAccess.organisation_id.in_(partner_ids), CaseAccess.case_id.in_(theirs)
        )
    )


async def end(
    session: Session,
    referral: Referral,
    state: ReferralState,
    *,
    staff_id: UUID | None = None,
    kind: CaseEventKind = CaseEventKind.REFERRAL_ENDED,
) -> None:
    """It comes to nothing; where both accompanied the person already, only the giver does now."""
    if referral.state is ReferralState.ACCEPTED and referral.partner_id is not None:
        await _close_joint_period(session, referral)
    referral.state = state
    referral.look_at = referral.alert_at = None
    case = await session.get_one(Case, referral.case_id)
    happened(session, case, kind, staff_id=staff_id, reasons=[f"referral.{state}"])


async def _close_joint_period(session: Session, referral: Referral) -> None:
    await session.execute(
        delete(CaseAccess).where(
            CaseAccess.case_id == referral.case_id,
            CaseAccess.organisation_id == referral.partner_id,
        )
    )
    # An enrolment that was there before is their own.
    await session.execute(
        update(Enrolment)
        .where(
            Enrolment.returnee_id == referral.returnee_id,
            Enrolment.organisation_id == referral.partner_id,
            STILL_ENROLLED,
            Enrolment.from_at >= referral.answered_at,
        )
        .values(until_at=session.now)
    )
