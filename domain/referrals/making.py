"""A caseworker wants another organisation to help: asked in the chat first, then offered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from domain import audit
from domain.actors import Actor
from domain.cases.events import happened
from domain.cases.finding import own_case
from domain.errors import Refused
from domain.notices import ONLY_CONFIRMED, Notice, tell, tell_if_it_gets_there
from domain.referrals.climbing import begin_to_climb
from domain.referrals.finding import find_given, givers_case
from domain.referrals.letter import IN_DANGER, LONGEST_NEED, fill_in, seal_words
from domain.referrals.mailing import begin_link
from domain.referrals.partners import Choice, partners_for
from domain.referrals.telling import tell_claimer, tell_staff
from domain.referrals.withdrawing import Ending, end_and_say_so
from domain.replies.unsent import let_go
from domain.returnees.phone import who_is_there
from domain.returnees.wishes import ensure_may_be_told
from domain.staff.accounts import ensure_works_here
from storage.kinds import CaseEventKind, CaseState, Identity, ReferralState, Severity, Travels
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.referrals import UNDER_WAY, Referral
from storage.tables.returnees import Returnee

#: For how many days both may accompany somebody.
JOINT_DAYS = (0, 7, 14, 30, 90)
#: Without a yes by then it ends by itself; whoever asked is not told whether it was a no.
PERSON_ANSWERS_WITHIN = timedelta(days=14)
#: Without an answer by then, or a decision where a life is in danger, it is the giver's again.
PARTNER_ANSWERS_WITHIN = timedelta(days=2)
#: Where no second colleague has decided by then, one alone may.
SECOND_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a caseworker chose."""

    partner_id: UUID
    need: str
    #: Beside what is needed.
    travels: Collection[Travels] = ()
    joint_days: int = 0
    #: A life may depend on it, so the person is not asked first.
    vital: bool = False
    #: How they wish to be reached outside of the chat, by those who have a mailbox only.
    reach_at: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What whoever is about to ask others chooses from."""

    partners: Collection[Choice]
    #: Whether somebody has made sure who holds the phone; they are asked only then.
    confirmed: bool


async def look_out(session: Session, actor: Actor, case_id: UUID) -> Outlook:
    """Where the person is not safe, and who may not be told, shows in it: it is recorded as reading
    the case (P10), and of a closed one there is none. Needs the service's scope.

    Raises as find_case, and Refused.
    """
    case = await own_case(session, actor, case_id)
    await audit.case_read_by(session, actor, case.id)
    partners = await partners_for(session, actor, case.returnee_id)
    returnee = await session.get_one(Returnee, case.returnee_id)
    return Outlook(partners, who_is_there(returnee, session.now) is Identity.CONFIRMED)


async def refer(session: Session, actor: Actor, case_id: UUID, plan: Plan) -> Referral:
    """The person is asked; in danger to life, a colleague is. Needs the service's scope.

    Raises as find_case, and Refused.
    """
    case = await own_case(session, actor, case_id)
    _ensure_sound(plan, case)
    partners = await partners_for(session, actor, case.returnee_id)
    choice = next((each for each in partners if each.id == plan.partner_id), None)
    if choice is None:
        raise Refused("There is no such organisation.")
    _ensure_fits(plan, choice)
    if await _is_under_way(session, case, plan.partner_id):
        raise Refused("A referral to this organisation is under way already.")
    referral = await _begin(session, actor, case, plan, choice)
    if plan.vital:
        happened(session, case, CaseEventKind.REFERRAL_ASKED, staff_id=actor.staff_id)
        await tell_staff(session, actor.organisation_id, case, "second", asker=actor.staff_id)
        await begin_to_climb(session, referral, case)
    else:
        await let_go(session, case)
        await ask_person(session, await session.get_one(Returnee, case.returnee_id), referral)
        happened(session, case, CaseEventKind.REFERRAL_ASKED, staff_id=actor.staff_id)
    return referral


async def decide(session: Session, actor: Actor, referral_id: UUID) -> None:
    """In danger to life two decide together that it goes; one, where no second is reached. Once the
    case is closed, no life allows it any more.

    Needs the service's scope. Raises as find_case, NotAllowed and Refused.
    """
    await ensure_works_here(session, actor)
    referral = await find_given(session, actor, referral_id)
    if referral.state is not ReferralState.TO_DECIDE:
        raise Refused("There is nothing to decide here any more.")
    if actor.staff_id != referral.made_by:
        referral.seconded_by = actor.staff_id
    elif session.now < referral.made_at + SECOND_WITHIN:
        raise Refused(
            "A second colleague has to agree. If nobody does within ten minutes, you decide alone."
        )
    case = await session.get_one(
        Case, referral.case_id, with_for_update=True, populate_existing=True
    )
    if case.state is CaseState.RESOLVED:
        raise Refused("This case is closed.")
    await ensure_may_be_told(session, referral.returnee_id, referral.asks)
    await offer(session, referral, staff_id=actor.staff_id)
    returnee = await session.get_one(Returnee, referral.returnee_id)
    params = {"referral": str(referral.id), "how": "vital", ONLY_CONFIRMED: True}
    await tell_if_it_gets_there(session, returnee, Notice.REFERRAL_DONE, params)


async def offer(session: Session, referral: Referral, *, staff_id: UUID | None = None) -> None:
    """It travels: from now on the other organisation sees what was picked, and is told."""
    await fill_in(session, referral)
    referral.state = ReferralState.OFFERED
    referral.offered_at = session.now
    referral.look_at = session.now + PARTNER_ANSWERS_WITHIN
    case = await session.get_one(Case, referral.case_id)
    happened(session, case, CaseEventKind.REFERRAL_OFFERED, staff_id=staff_id)
    await begin_to_climb(session, referral, case)
    if referral.partner_id is not None:
        await tell_staff(session, referral.partner_id, case, "offered")
    else:
        begin_link(session, referral)


async def revoke(session: Session, actor: Actor, referral_id: UUID) -> None:
    """The giver takes it back, as long as it is not handed over; whoever has the person's case
    hears so, if it was a colleague. Needs the service's scope.

    Raises as find_case, and Refused.
    """
    referral = await find_given(session, actor, referral_id)
    if referral.state not in UNDER_WAY:
        raise Refused("This referral has ended.")
    await end_and_say_so(session, referral, Ending(ReferralState.REVOKED, staff_id=actor.staff_id))
    case = await givers_case(session, referral)
    if case.state is not CaseState.RESOLVED and case.claimed_by != actor.staff_id:
        await tell_claimer(session, case, "revoked")


def _ensure_sound(plan: Plan, case: Case) -> None:
    if not plan.need.strip():
        raise Refused("Say what they need.")
    if len(plan.need) > LONGEST_NEED:
        raise Refused("Say it in fewer words.")
    if plan.joint_days not in JOINT_DAYS:
        raise Refused("Choose for how long you both accompany them.")
    if plan.vital and case.severity is not Severity.EMERGENCY:
        raise Refused("Only in an emergency does it go without asking them.")
    if plan.vital and not IN_DANGER.issuperset(plan.travels):
        raise Refused("Without asking them, only the least may travel.")


def _ensure_fits(plan: Plan, choice: Choice) -> None:
    """What can go to somebody who has a mailbox only, and what only they need."""
    if not choice.by_mail:
        if plan.reach_at:
            raise Refused("They reach the person in the chat.")
        return
    if plan.vital:
        raise Refused("Where a life is in danger, call them: a mail may be read too late.")
    if plan.joint_days or Travels.TALK in plan.travels:
        raise Refused(
            "By mail they can't read or write here: choose no days together, and not what was said."
        )
    if len(plan.reach_at) > LONGEST_NEED:
        raise Refused("Say it in fewer words.")


def _fields(plan: Plan) -> list[str]:
    """How they can be reached never goes without how that is safe."""
    picked = {Travels.NEED, *plan.travels}
    if plan.reach_at.strip():
        picked |= {Travels.CONTACT, Travels.REACH_AT}
    return [kind for kind in Travels if kind in picked]


async def _is_under_way(session: Session, case: Case, partner_id: UUID) -> bool:
    """By this giver: what another one asks of them is nothing to learn of here. Of one giver only
    one can ask at a time, who has locked the only open case of the person.
    """
    found = await session.scalar(
        select(Referral.id).where(
            Referral.returnee_id == case.returnee_id,
            Referral.organisation_id == case.organisation_id,
            func.coalesce(Referral.partner_id, Referral.mail_partner_id) == partner_id,
            Referral.state.in_(UNDER_WAY),
        )
    )
    return found is not None


async def _begin(
    session: Session, actor: Actor, case: Case, plan: Plan, choice: Choice
) -> Referral:
    state = ReferralState.TO_DECIDE if plan.vital else ReferralState.ASKED
    wait = PARTNER_ANSWERS_WITHIN if plan.vital else PERSON_ANSWERS_WITHIN
    referral = Referral(
        case_id=case.id,
        returnee_id=case.returnee_id,
        organisation_id=actor.organisation_id,
        partner_id=None if choice.by_mail else choice.id,
        mail_partner_id=choice.id if choice.by_mail else None,
        state=state,
        fields=_fields(plan),
        vital=plan.vital,
        joint_days=plan.joint_days,
        made_by=actor.staff_id,
        made_at=session.now,
        look_at=session.now + wait,
    )
    await seal_words(session, referral, plan.need.strip(), plan.reach_at.strip())
    session.add(referral)
    await session.flush()
    audit.done_by(
        session,
        actor,
        "referral.made",
        referral.id,
        partner=str(plan.partner_id),
        fields=list(referral.fields),
        vital=plan.vital,
    )
    return referral


async def ask_person(
    session: Session,
    returnee: Returnee,
    referral: Referral,
    *,
    not_before: datetime | None = None,
) -> None:
    """Only once somebody has made sure who is there: another's yes is no consent (P13)."""
    question = await tell(
        session,
        returnee,
        Notice.REFERRAL_ASKED,
        {"referral": str(referral.id), ONLY_CONFIRMED: True},
        case_id=referral.case_id,
        not_before=not_before,
    )
    referral.question_id = question.id
