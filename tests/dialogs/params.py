"""What a notice of each kind is about."""

from uuid import uuid4

from sqlalchemy import select

from dialogs.notices import WORDINGS
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.returnees.enrolments import organisation_of
from domain.signals.opening import open_or_append
from storage.kinds import CheckInState, ReferralState, Severity, Travels
from storage.sessions import Session
from storage.tables.check_ins import CheckIn
from storage.tables.referrals import Referral
from storage.tables.returnees import Enrolment, Returnee

PARAMS: dict[Notice, dict[str, object]] = {
    Notice.INVITE_REFUSED: {"reason": "used"},
    Notice.FORGET_SURE: {"asked": 29_000_000},
    Notice.NUMBERS: {"country": "UA"},
    Notice.PICTURES: {"count": 2},
    Notice.SAFE_TO_TALK: {"case": str(uuid4())},
    Notice.COPY: {"form": "html"},
    Notice.COPY_RELEASED: {"form": "html"},
}


async def params_of(session: Session, notice: Notice, returnee: Returnee) -> dict[str, object]:
    if "check_in" in WORDINGS[notice].refers:
        check_in = CheckIn(
            organisation_id=await organisation_of(session, returnee),
            returnee_id=returnee.id,
            version=1,
            questionnaire=SAFETY_AND_NEEDS.edition,
            state=CheckInState.SENT,
            due_at=session.now,
            expires_at=session.now,
        )
        session.add(check_in)
        await session.flush()
        return {"check_in": str(check_in.id), "question": "safety"}
    if "enrolment" in WORDINGS[notice].refers:
        enrolment = await session.scalar(
            select(Enrolment).where(Enrolment.returnee_id == returnee.id)
        )
        assert enrolment is not None
        enrolment.until_at = session.now
        return {"enrolment": str(enrolment.id)}
    if "referral" in WORDINGS[notice].refers:
        asked = notice is Notice.REFERRAL_ASKED
        state = ReferralState.ASKED if asked else ReferralState.ACCEPTED
        referral = await referral_of(session, returnee, state)
        return {"referral": str(referral.id), "how": "joint"}
    return PARAMS.get(notice) or {name: str(uuid4()) for name in WORDINGS[notice].refers}


async def referral_of(session: Session, returnee: Returnee, state: ReferralState) -> Referral:
    theirs = await session.scalar(
        select(Referral).where(Referral.returnee_id == returnee.id, Referral.state == state)
    )
    if theirs is not None:
        return theirs
    partner = await add_organisation(session, f"Partner {uuid4()}", country="MA")
    case = await open_or_append(
        session, returnee, await organisation_of(session, returnee), Severity.CONCERN, []
    )
    referral = Referral(
        case_id=case.id,
        returnee_id=returnee.id,
        organisation_id=case.organisation_id,
        partner_id=partner.id,
        state=state,
        fields=list(Travels),
        joint_days=7,
        made_at=session.now,
    )
    session.add(referral)
    await session.flush()
    return referral
