"""Whom and what the demo shows. All of it is invented."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from bot.demo.across import add_shelter, ask_across
from domain.actors import Actor
from domain.consent import PURPOSES, give_consent
from domain.consent.facts import Facts
from domain.countries import zone_or_utc
from domain.directory.files.reading import read_directory
from domain.directory.files.sources import read_files
from domain.directory.importing import import_directory
from domain.duty import go_on_duty
from domain.duty.declaring import declare_hours, name_fallback
from domain.duty.readiness import reckon
from domain.duty.weekly import EveryWeek, plan_ahead, plan_weekly
from domain.enrolment.invites import issue_invites, redeem_invite
from domain.organisations import add_organisation, set_staff_chat
from domain.returnees.enrolments import add_returnee, enrol
from domain.safety.window import USUAL, choose_window
from domain.staff import codes
from domain.staff.accounts import actor_of, add_staff
from domain.staff.telegram import fit_menu, join_by_telegram
from simulator.phones.doings import Phones
from storage.kinds import AgeBand, Discretion, Role
from storage.sessions import Session
from storage.tables.duty import Drill
from storage.tables.organisations import Organisation
from storage.tables.service import Fact
from storage.tables.staff import Staff

_DIRECTORY = Path(__file__).parent / "directory"
# When the invented services were last assured; the demo keeps them as fresh as they were then.
_WRITTEN_ON = date(2026, 11, 24)
# The gate shuts a month after the last one.
_DRILL_AGAIN = timedelta(days=5)
_SEEDED = "demo.seeded"
CENTRE = "Example Return Centre"
OFFICE = "Example Advice Office"


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the visitor is told at the end: single-use ways in, made anew at every start."""

    set_ups: dict[str, str]
    invite: str


async def seed(session: Session, phones: Phones) -> None:
    """Fills an empty demo; does nothing at later starts."""
    if await session.get(Fact, _SEEDED):
        return
    centre = await add_organisation(session, CENTRE, country="AL")
    office = await add_organisation(session, OFFICE, country="AT")
    await _staff(session, phones, centre)
    vera = await add_staff(session, "Vera", office, Role.CASEWORKER)
    await _people(session, phones, centre)
    await _beside_the_team(session, phones, centre)
    await add_shelter(session, centre)
    giver = actor_of(await session.get_one(Staff, vera.id))
    await ask_across(session, phones, centre, giver, office)
    await _services(session)
    session.add(Fact(name=_SEEDED, value={}, changed_at=session.now))


async def ways_in(session: Session) -> Seeded:
    """A new set-up link for each of the centre's staff, and an invite for the first phone."""
    centre = await session.scalar(select(Organisation).where(Organisation.name == CENTRE))
    assert centre is not None
    staff = await session.scalars(
        select(Staff).where(Staff.organisation_id == centre.id).order_by(Staff.created_at)
    )
    set_ups = {
        member.role.value: await codes.issue(session, member.id, codes.Use.CONSOLE)
        for member in staff
    }
    (invite,) = await issue_invites(session, centre.id)
    return Seeded(set_ups, invite.code)


async def _staff(session: Session, phones: Phones, centre: Organisation) -> None:
    """A caseworker on duty, a coordinator and a supervisor, with phones and a group with topics."""
    members = []
    for name, role in (
        ("Mira", Role.CASEWORKER),
        ("Jon", Role.COORDINATOR),
        ("Arta", Role.SUPERVISOR),
    ):
        phone, staff = await _colleague(session, phones, centre, name, role)
        if role is Role.CASEWORKER:
            await go_on_duty(session, actor_of(staff))
        members.append(phone)
        if role is Role.SUPERVISOR:
            await _around_the_clock(session, actor_of(staff))
    group = phones.add_group("Return Centre staff", members, is_forum=True)
    set_staff_chat(session, centre, group.id)


async def _beside_the_team(session: Session, phones: Phones, centre: Organisation) -> None:
    """Who hears complaints, and who hears them where they are about just her."""
    for name, role in (("Dita", Role.SAFEGUARDING), ("Lena", Role.ADMIN)):
        await _colleague(session, phones, centre, name, role)


async def _colleague(
    session: Session, phones: Phones, centre: Organisation, name: str, role: Role
) -> tuple[int, Staff]:
    """Their phone, on which they have joined, and who they are."""
    phone = phones.add_user(f"{name} ({role})")
    phones.start(phone.id)
    new = await add_staff(session, name, centre, role)
    staff = await join_by_telegram(session, new.telegram_code, phone.id)
    await fit_menu(session, staff)
    return phone.id, staff


async def _around_the_clock(session: Session, chief: Actor) -> None:
    """Every caseworker at every hour, the supervisor behind them, and a drill that was passed."""
    every_day, all_day = range(7), (time(), time())
    working = select(Staff).where(
        Staff.organisation_id == chief.organisation_id, Staff.role == Role.CASEWORKER
    )
    for staff in await session.scalars(working):
        always = EveryWeek(every_day, *all_day, session.now.date())
        await plan_weekly(session, chief, staff.id, always)
    await name_fallback(session, chief, [chief.staff_id])
    await declare_hours(session, chief, dict.fromkeys(every_day, all_day))
    await pass_drill(session, chief.organisation_id)


async def pass_drill(session: Session, organisation_id: UUID) -> None:
    """As if one had just been passed: nobody there plays the staff for a month."""
    session.add(
        Drill(
            organisation_id=organisation_id,
            started_at=session.now,
            answer_by=session.now,
            passed_at=session.now,
        )
    )
    await reckon(session, organisation_id)


async def keep_ready(session: Session) -> None:
    """Days that are skipped through hold up no check-in for want of a drill or a plan."""
    await plan_ahead(session)
    soon = session.now + _DRILL_AGAIN
    gated = select(Organisation.id).where(
        Organisation.gated_at.is_not(None), Organisation.ready_until < soon
    )
    for organisation_id in (await session.scalars(gated)).all():
        await pass_drill(session, organisation_id)


async def _people(session: Session, phones: Phones, centre: Organisation) -> None:
    """Elira is about to enrol; Samira and Olena did so before, and open the chat again."""
    phones.add_user("Elira", language_code="sq")
    for name, language, country, discretion in (
        ("Samira", "ar", "MA", Discretion.OPEN),
        ("Olena", "uk", "UA", Discretion.DISCREET),
    ):
        phone = phones.add_user(name, language_code=language)
        phones.start(phone.id)
        (invite,) = await issue_invites(session, centre.id)
        returnee = await add_returnee(
            session,
            phone.id,
            centre,
            language,
            country=country,
            time_zone=zone_or_utc(country),
            age_band=AgeBand.ADULT,
            discretion=discretion,
        )
        await enrol(session, returnee, centre, await _used(session, invite.code))
        returnee.arrived_at = session.now
        returnee.notice_version = Facts.of(centre).version
        for purpose in PURPOSES:
            await give_consent(session, returnee, purpose, True, returnee.notice_version)
        await choose_window(session, returnee.id, USUAL)


async def _used(session: Session, code: str) -> UUID:
    return (await redeem_invite(session, code)).id


async def _services(session: Session) -> None:
    reading = read_directory(read_files(_DIRECTORY))
    aged = timedelta(days=(session.now.date() - _WRITTEN_ON).days)
    services = [
        replace(service, assured_date=service.assured_date and service.assured_date + aged)
        for service in reading.services
    ]
    await import_directory(session, replace(reading, services=services), "demo", session.now)
