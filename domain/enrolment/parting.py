"""An organisation accompanies somebody no longer: nobody is kept for ever (P6).

What was planned for them ends by itself, as for whoever is handed over, and what is kept of them
goes so many days later (domain/retention/forgetting.py). Should they need somebody before that, it
is again with those who know them (domain/returnees/enrolments.py).
"""

from uuid import UUID

from sqlalchemy import and_, exists, or_, select

from domain import audit
from domain.actors import Actor, Right
from domain.children.deciding import forget_decision
from domain.children.known import is_known_child
from domain.errors import ChangedMeanwhile, Refused
from domain.notices import Notice, tell_if_it_gets_there
from domain.privacy.passing_on import leaving
from domain.referrals.finding import received_by
from domain.referrals.withdrawing import ends_without
from domain.retention_periods import TOLD_WITHIN
from domain.returnees.asked_words import ask_no_more
from domain.returnees.enrolments import current_enrolment
from domain.returnees.file_numbers import forget_file_number
from domain.returnees.person import find_returnee, lock_person
from storage.batches import at_most
from storage.kinds import ReferralState
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.privacy import gone_for_the_team
from storage.tables.referrals import Referral
from storage.tables.returnees import NEWEST_FIRST, Enrolment
from storage.tables.safeguarding import seen_by


async def part(session: Session, actor: Actor, returnee_id: UUID, pseudonym: str) -> None:
    """The actor's organisation accompanies them no longer, and they are told so once. Where that is
    so already, nothing changes.

    `pseudonym`: by which whoever decides it knows them. Whoever left and is back has another one,
    and stays until somebody has looked at what brought them. A child is let go by those who decide
    for children alone. What somebody has told in confidence hinders nothing: whoever is refused
    would learn of it; it is heard, and nothing goes before it is closed. Needs the service's scope.
    Raises NotAllowed and Refused.
    """
    actor.ensure_may(Right.ENROL_PEOPLE)
    await lock_person(session, returnee_id)
    if await _has_left(session, actor, returnee_id):
        return
    returnee = await find_returnee(session, actor, returnee_id)
    if is_known_child(returnee):
        actor.ensure_may(Right.DECIDE_FOR_CHILDREN)
    await _ensure_nothing_is_open(session, actor, returnee_id)
    enrolment = await current_enrolment(session, returnee_id, actor.organisation_id)
    if enrolment is None or enrolment.pseudonym != pseudonym:
        raise ChangedMeanwhile
    told = {"enrolment": str(enrolment.id)}
    until = session.now + TOLD_WITHIN
    await tell_if_it_gets_there(session, returnee, Notice.PARTED, told, expires_at=until)
    await forget_decision(session, returnee_id, actor.organisation_id)
    enrolment.until_at = session.now
    forget_file_number(enrolment)
    if await current_enrolment(session, returnee_id) is None:
        ask_no_more(session, returnee)
    audit.done_by(session, actor, "person.parted", returnee_id)


async def is_known(session: Session, actor: Actor, returnee_id: UUID) -> bool:
    """Whether the actor's organisation has somebody to let go, or let them go already. Asked in its
    own scope, which sees nothing of what others do for them: whoever had somebody forgotten can't
    tell by it what holds that up (P10).
    """
    found = await session.scalar(
        select(Enrolment.id)
        .where(
            Enrolment.returnee_id == returnee_id,
            Enrolment.organisation_id == actor.organisation_id,
            seen_by(actor.staff_id, Enrolment.returnee_id),
            ~gone_for_the_team(actor.organisation_id, Enrolment.returnee_id),
        )
        .limit(at_most(1))
    )
    return found is not None


async def are_back(session: Session, enrolment_id: UUID) -> bool:
    """Whether what they were told of this enrolment's end is true no more. Needs the service's
    scope.
    """
    ended = await session.get(Enrolment, enrolment_id)
    if ended is None:
        return True
    return await current_enrolment(session, ended.returnee_id, ended.organisation_id) is not None


async def _has_left(session: Session, actor: Actor, returnee_id: UUID) -> bool:
    has_ended = await session.scalar(
        select(Enrolment.until_at.is_not(None))
        .where(
            Enrolment.returnee_id == returnee_id,
            Enrolment.organisation_id == actor.organisation_id,
            seen_by(actor.staff_id, Enrolment.returnee_id),
        )
        .order_by(*NEWEST_FIRST)
        .limit(at_most(1))
    )
    return has_ended is True


async def _ensure_nothing_is_open(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """Of what the organisation itself knows: what others do for them is theirs alone (P10). Raises
    Refused.
    """
    here = actor.organisation_id
    if await leaving(session, actor, returnee_id) is not None:
        raise Refused("They asked to be forgotten: all of it goes by itself.")
    taken = and_(received_by(actor), Referral.state != ReferralState.HANDED_OVER)
    referral = exists().where(Referral.returnee_id == returnee_id, or_(ends_without(here), taken))
    case = exists().where(Case.returnee_id == returnee_id, Case.organisation_id == here, UNRESOLVED)
    if await session.scalar(select(or_(case, referral))):
        raise Refused("A case or a referral of theirs is still open: bring it to its end first.")
