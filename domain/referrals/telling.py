"""Who of the staff hears of a referral: a code and how grave it is, nothing about the person."""

from uuid import UUID

from sqlalchemy import select

from domain.alerts.telling import by_code, tell_where_all_read
from domain.channels.reaching import reach_staff
from domain.illegible import if_legible
from domain.notices import ONLY_CONFIRMED, Notice, tell_if_it_gets_there
from domain.referrals.finding import givers_case, is_leaving, leaves_giver
from domain.returnees.wishes import wishes_of
from domain.workers import works_on_cases
from storage.kinds import CaseState, Role
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff, works_for

_HEAR_OF_IT = (Role.CASEWORKER, Role.SUPERVISOR)


async def tell_staff(
    session: Session, organisation_id: UUID, case: Case, what: str, *, asker: UUID | None = None
) -> None:
    """Those who work on cases there; where none of them could answer, whoever else could: the
    `asker` is not the second one whom they ask for. `what` is one of those that
    dialogs/words/referring.py knows. A decision about a life goes wherever an emergency's alert
    goes. Needs the service's scope.
    """
    facts = by_code(case, what)
    found = await session.scalars(
        select(Staff).where(*works_on_cases(organisation_id), clear_of(case.returnee_id))
    )
    staff = found.all()
    team = [each for each in staff if each.role in _HEAR_OF_IT]
    called = team if any(each.id != asker for each in team) else staff
    await reach_staff(session, organisation_id, called, Notice.STAFF_REFERRAL, facts)
    if what == "second":
        await tell_where_all_read(session, case, Notice.STAFF_REFERRAL, facts)


async def tell_claimer(session: Session, case: Case, what: str) -> None:
    """Whoever has the case, or closed it, what became of their asking: an alert says only that
    somebody needs them. Where they have left, or must not know of the person any more, the team
    hears it. Needs the service's scope.
    """
    if case.claimed_by is None:
        return
    claimer = await session.scalar(
        select(Staff).where(
            Staff.id == case.claimed_by,
            works_for(case.organisation_id),
            clear_of(case.returnee_id),
        )
    )
    if claimer is None:
        await tell_staff(session, case.organisation_id, case, what)
    else:
        facts = by_code(case, what)
        await reach_staff(session, case.organisation_id, [claimer], Notice.STAFF_REFERRAL, facts)


async def tell_whoever_has(session: Session, organisation_id: UUID, case: Case, what: str) -> None:
    """Whoever has the case there; the team, where nobody has it, or it is closed."""
    is_theirs = case.organisation_id == organisation_id and case.state is not CaseState.RESOLVED
    if is_theirs and case.claimed_by is not None:
        await tell_claimer(session, case, what)
    else:
        await tell_staff(session, organisation_id, case, what)


async def tell_giver(session: Session, referral: Referral, what: str) -> None:
    """They have the person without those whom they asked, and didn't end it themselves: the person
    took it back, or those have gone on to others. Needs the service's scope.
    """
    if await leaves_giver(session, referral):
        return
    case = await givers_case(session, referral)
    await tell_whoever_has(session, referral.organisation_id, case, what)


async def tell_asked(session: Session, referral: Referral, case: Case) -> None:
    """Those who were to help, or helped, that nothing of it is theirs any more. Not where the
    person keeps them away, or is to be forgotten: then they are called for nothing. Needs the
    service's scope.
    """
    if await is_leaving(session, referral):
        return
    wishes = await if_legible(wishes_of(session, referral.returnee_id))
    if wishes is None or not wishes.shuts_out(referral.asks):
        await tell_staff(session, referral.asks, case, "ended")


async def tell_person(session: Session, referral: Referral, notice: Notice) -> None:
    """What became of what they said yes to. Needs the service's scope."""
    returnee = await session.get_one(Returnee, referral.returnee_id)
    params = {"referral": str(referral.id), ONLY_CONFIRMED: True}
    await tell_if_it_gets_there(session, returnee, notice, params, case_id=referral.case_id)
