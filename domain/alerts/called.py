"""Whom an alert calls; of these, domain/alerts/first_called.py says whom first."""

import structlog

from domain.alerts.first_called import ANYBODY, Fit
from domain.children.focal_point import focal_points
from domain.children.known import is_known_child
from domain.duty import on_duty
from domain.duty.busy import in_an_emergency
from domain.duty.now import is_away
from domain.duty.team import fallback_of
from domain.illegible import if_legible
from domain.returnees.wishes import wishes_of
from domain.staff.colleagues import with_roles
from storage.kinds import Role, Severity
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff

log = structlog.get_logger()


async def fit_for(session: Session, case: Case) -> Fit:
    """Whom the person would rather talk with. A life at stake waits for nobody."""
    if case.severity is Severity.EMERGENCY:
        return ANYBODY
    wishes = await if_legible(wishes_of(session, case.returnee_id))
    if wishes is None:
        log.error("wishes can't be opened", action="alerts.wishes")
    return Fit(wishes.helper if wishes else None, case.language)


async def called_for(session: Session, case: Case, *, wide: bool, fit: Fit) -> list[Staff]:
    """Those on duty; with nobody there, whom the organisation named for that, then everyone who
    could act; of these first whoever fits the person best. Wide adds whoever stands behind those
    who are there, and a child whoever looks after children.

    Whoever must not know of the person is not there (P10). Where that leaves nobody at all, those
    outside the team are called: they can act, or let in somebody who can.
    """
    called = await on_duty(session, case.organisation_id, for_person=case.returnee_id)
    if not called:
        called = await _without_anybody_on_duty(session, case, wide=wide)
    elif wide:
        called += await _behind(session, case, called)
    elif case.severity is Severity.EMERGENCY:
        called = await _beside_an_emergency(session, case, called)
    called = fit.first_of(called)
    if case.claimed_by is not None:
        called.append(await session.get_one(Staff, case.claimed_by))
    if is_known_child(await session.get_one(Returnee, case.returnee_id)):
        called += await focal_points(session, case.organisation_id, case.returnee_id)
    return called


async def is_anybody_called(session: Session, case: Case) -> bool:
    """Whether an alert at its widest calls anybody at all. Needs the service's scope."""
    return bool(await called_for(session, case, wide=True, fit=ANYBODY))


async def supervisors_of(session: Session, case: Case) -> list[Staff]:
    return await _of_case(session, case, Role.SUPERVISOR)


async def _without_anybody_on_duty(session: Session, case: Case, *, wide: bool) -> list[Staff]:
    """Those who are named for that; wide, or with nobody named, the team as well."""
    named = await _named(session, case)
    if named and not wide:
        return named
    team = await _of_case(session, case, Role.CASEWORKER, Role.SUPERVISOR)
    if not wide:
        # Of whoever fits the person best only they might be called first.
        team = [staff for staff in team if not await is_away(session, staff.id)] or team
    return [*named, *team] or await _of_case(session, case, Role.SAFEGUARDING, Role.ADMIN)


async def _behind(session: Session, case: Case, there: list[Staff]) -> list[Staff]:
    """Supervisors and whoever is named to fall back on; where these are all there already and
    don't answer, everyone who could act.
    """
    called = {staff.id for staff in there}
    behind = [*await supervisors_of(session, case), *await _named(session, case)]
    others = {staff.id: staff for staff in behind if staff.id not in called}
    return list(others.values()) or await _without_anybody_on_duty(session, case, wide=True)


async def _named(session: Session, case: Case) -> list[Staff]:
    """Whom the organisation named to fall back on, and who has no time off."""
    organisation = await session.get_one(Organisation, case.organisation_id)
    named = await fallback_of(session, organisation, for_person=case.returnee_id)
    return [staff for staff in named if not await is_away(session, staff.id)]


async def _beside_an_emergency(session: Session, case: Case, there: list[Staff]) -> list[Staff]:
    """A second emergency goes to somebody else. Where everybody who is there has one, whoever is
    called when nobody is there hears of it at once, and so do they.
    """
    busy = await in_an_emergency(session, case.organisation_id, beside=case.id)
    free = [staff for staff in there if staff.id not in busy]
    return free or [*there, *await _without_anybody_on_duty(session, case, wide=False)]


async def _of_case(session: Session, case: Case, *roles: Role) -> list[Staff]:
    return await with_roles(session, case.organisation_id, case.returnee_id, *roles)
