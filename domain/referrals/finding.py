"""Who may see which referral: the giver, and once it is offered whoever is asked to help."""

from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import array

from domain.actors import Actor, Right
from domain.cases.finding import open_case_of
from domain.errors import Refused
from domain.returnees.person import lock_person
from storage.kinds import ReferralState
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.referrals import Referral
from storage.tables.safeguarding import seen_by

#: What whoever is asked to help sees of it: never a question that waits for the person.
_SHOWN = (ReferralState.OFFERED, ReferralState.ACCEPTED, ReferralState.HANDED_OVER)


def given_by(actor: Actor) -> ColumnElement[bool]:
    return Referral.organisation_id == actor.organisation_id


def received_by(actor: Actor) -> ColumnElement[bool]:
    return and_(Referral.partner_id == actor.organisation_id, Referral.state.in_(_SHOWN))


def seen(actor: Actor, whose: ColumnElement[bool]) -> Select[Referral, Case]:
    """Nothing of a person from whom the actor is kept apart, or who is leaving (P10).

    Raises NotAllowed.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    return (
        select(Referral, Case)
        .join(Case, Case.id == Referral.case_id)
        .where(
            whose,
            seen_by(actor.staff_id, Referral.returnee_id),
            ~of_somebody_leaving(),
        )
    )


def waiting_for(actor: Actor) -> Select[int]:
    """How many offers nobody of theirs has answered, or colleagues want to decide with them."""
    offered = and_(
        Referral.partner_id == actor.organisation_id,
        Referral.is_under_way(),
        Referral.state == ReferralState.OFFERED,
    )
    to_decide = and_(
        given_by(actor),
        Referral.is_under_way(),
        Referral.state == ReferralState.TO_DECIDE,
        Referral.made_by.is_distinct_from(actor.staff_id),
    )
    return select(func.count()).where(
        literal(actor.may(Right.WORK_ON_CASES)),
        or_(offered, to_decide),
        seen_by(actor.staff_id, Referral.returnee_id),
        ~of_somebody_leaving(),
    )


def of_somebody_leaving() -> ColumnElement[bool]:
    """Within a query of referrals: the person is to be forgotten by one of both. Asked of the
    database itself, since whoever is asked to help sees nothing of them yet.
    """
    both = array([Referral.organisation_id, Referral.partner_id])
    leaving: ColumnElement[bool] = func.wayhome_forgotten(Referral.returnee_id, both, type_=Boolean)
    return leaving


async def is_leaving(session: Session, referral: Referral) -> bool:
    """Then nobody finds it. Should they stay after all, it goes on."""
    found = select(of_somebody_leaving()).where(Referral.id == referral.id)
    return bool(await session.scalar(found))


async def leaves_giver(session: Session, referral: Referral) -> bool:
    """Whoever else forgets them, the giver goes on."""
    giver = array([Referral.organisation_id])
    found = select(func.wayhome_forgotten(Referral.returnee_id, giver, type_=Boolean))
    return bool(await session.scalar(found.where(Referral.id == referral.id)))


async def givers_case(session: Session, referral: Referral) -> Case:
    """The person's open case there, which may be a later one than that from which it was asked;
    else that one. Needs the service's scope.
    """
    case = await open_case_of(session, referral.returnee_id)
    if case is not None and case.organisation_id == referral.organisation_id:
        return case
    return await session.get_one(Case, referral.case_id)


async def find_given(session: Session, actor: Actor, referral_id: UUID) -> Referral:
    """One that the actor's organisation offers, locked. Raises as find_case."""
    return await _find(session, actor, referral_id, given_by(actor), lock=True)


async def find_received(session: Session, actor: Actor, referral_id: UUID) -> Referral:
    """One that the actor's organisation is offered, locked. Raises as find_case."""
    return await _find(session, actor, referral_id, received_by(actor), lock=True)


async def find_either(
    session: Session, actor: Actor, referral_id: UUID, *, lock: bool = False
) -> Referral:
    """One that the actor may see. Raises as find_case."""
    whose = or_(given_by(actor), received_by(actor))
    return await _find(session, actor, referral_id, whose, lock=lock)


async def _find(
    session: Session,
    actor: Actor,
    referral_id: UUID,
    whose: ColumnElement[bool],
    *,
    lock: bool,
) -> Referral:
    query = seen(actor, whose).where(Referral.id == referral_id)
    if lock:
        # The person first, as by whatever comes from their phone; and whoever waited for them may
        # see nothing of them any more.
        whom = await session.scalar(query.with_only_columns(Referral.returnee_id))
        if whom is not None:
            await lock_person(session, whom)
        query = query.with_for_update(of=Referral)
    found = (await session.execute(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise Refused("There is no such referral.")
    return found[0]
