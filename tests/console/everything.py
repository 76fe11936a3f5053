"""One of everything that a page of the console can be about, and what a page answers about it."""

import re
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select

from console.pages import PAGES
from console.routing import Page
from domain.actors import Actor
from domain.campaigns import Outline, draft
from domain.channels.keeping import add_channel
from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from domain.directory.reports import report
from domain.distress import Watch
from domain.duty import drills, go_on_duty
from domain.duty.shifts import plan_once
from domain.duty.time_off import take_off
from domain.duty.weekly import EveryWeek, plan_weekly
from domain.enrolment.invites import issue_invites
from domain.lexicon.adding import NewWords, add_own, put_in_force
from domain.lexicon.muting import mute_own
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.queue.saved_views import save_view
from domain.queue.standing import standing_of
from domain.queue.view import View
from domain.referrals.partners import Card, add_mail_partner
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.passing_on import pass_on
from domain.safeguarding.readings import say_why
from storage.kinds import ConflictKind, ReferralState, Role, Severity
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case
from storage.tables.channels import AlertChannel
from storage.tables.directory import DirectoryService
from storage.tables.duty import Shift, TimeOff, WeeklyShift
from storage.tables.lexicon import LexiconMuting
from storage.tables.partners import MailPartner
from storage.tables.pathways import Task
from storage.tables.referrals import Referral
from storage.tables.returnees import Invite, Returnee
from storage.tables.safeguarding import Complaint, Conflict, Reading
from storage.tables.staff import Passkey, StaffSession
from storage.tables.views import SavedView
from tests.console.office import Browser, Office
from tests.console.who_may import OPEN_TO_ANYBODY, ROLES_OF, route_of
from tests.domain.directory.samples import clinic, json_file

STAFF_PAGES = [page for page in PAGES if route_of(page) not in OPEN_TO_ANYBODY]


def address(page: Page) -> str:
    """Of something that nobody has."""
    return re.sub(r"\{\w+(:\w+)?\}", str(uuid4()), page.path)


def may(role: Role, page: Page) -> bool:
    return role in ROLES_OF[route_of(page)]


# What the forms of those pages ask for.
FIELDS = {
    "hours": "1",
    "outcome": "helped",
    "identity": "met",
    "said": "a b",
    "first_word": "lantern",
    "second_word": "river",
    "words": "Hello",
    "file_number": "F 1",
    "note": "Hello",
    "phrase": "read",
    "task": "Call the shelter",
    "due": "2099-01-01",
    "question": "What now?",
    "service": str(uuid4()),
    "reason": "I need to",
    "staff": str(uuid4()),
    "kind": "excluded",
    "begins": "09:00",
    "ends": "17:00",
    "first_day": "2099-01-01",
    "last_day": "2099-01-01",
    "last_on": "2099-01-01",
    "received": "yes",
}
NAMING_SOMETHING = [page for page in STAFF_PAGES if "{id" in page.path]


def named(page: Page) -> str:
    """What kind of thing the page's address names by its id."""
    before = page.path.partition("/{id")[0]
    return before.rpartition("/")[2]


def role_for(page: Page) -> Role:
    """One that has the page's right."""
    return next(role for role in Role if may(role, page))


async def looked_at(browser: Browser, page: Page, thing: UUID) -> tuple[int, str]:
    """What that page answers about something, without its id."""
    path = page.path.replace("{id:uuid}", str(thing))
    path = re.sub(r"\{\w+(:\w+)?\}", str(uuid4()), path)
    answer = await (browser.post(path, **FIELDS) if page.form else browser.get(path))
    return answer.status_code, answer.text.replace(str(thing), "")


SLANG = NewWords("en", "threat", Severity.URGENT, "the big aunties", "", ["the big aunties"], [])


async def did_not_work(session: Session, office: Office) -> UUID:
    """A service of which somebody of that organisation says so."""
    reading = read_directory([json_file([clinic()])])
    await import_directory(session, reading, "did not work", session.now)
    ours = DirectoryService.source == "did not work"
    service = (await session.scalars(select(DirectoryService.id).where(ours))).one()
    await report(session, service, office.organisation.id)
    return service


async def everything_of(office: Office) -> dict[str, UUID]:
    """One of each kind that an address can name: a new kind of page needs one here."""
    person, confiding = await office.person(), await office.person()
    case = await office.case(person, "The door is locked.")
    colleague = (await office.colleague(Role.CASEWORKER, "Samir")).actor
    safeguarding = (await office.colleague(Role.SAFEGUARDING)).actor
    coordinator = (await office.colleague(Role.COORDINATOR)).actor
    # Not within a transaction, which is cut off where it takes long.
    watch = Watch.load()
    async with office.database.begin(SERVICE) as session:
        kind = ConflictKind.EXCLUDED
        await keep_apart(session, safeguarding, person.id, colleague.staff_id, kind)
        await pass_on(session, colleague, confiding.id, "Not Samir.")
        await say_why(session, colleague, confiding.id, "I look")
        await issue_invites(session, office.organisation.id, actor=coordinator)
        return {
            "cases": case.id,
            "people": person.id,
            "team": colleague.staff_id,
            "conflicts": await only_one(session, Conflict, office),
            "complaints": await only_one(session, Complaint, office),
            "readings": await only_one(session, Reading, office),
            "campaigns": await a_campaign(session, coordinator),
            "tasks": await a_task(session, office, person),
            "invites": await only_one(session, Invite, office),
            "services": await did_not_work(session, office),
            **await all_of_the_rota(session, office, coordinator, colleague),
            **await all_of_a_colleague(session, office, colleague),
            **await all_of_the_lexicon(session, office, coordinator, watch),
            **await all_of_partners(session, office, coordinator, case),
        }


async def only_one(
    session: Session, kind: Any, office: Office, *conditions: ColumnElement[bool]
) -> UUID:
    of_office = kind.organisation_id == office.organisation.id
    await session.flush()
    found: UUID = (await session.scalars(select(kind.id).where(of_office, *conditions))).one()
    return found


async def a_campaign(session: Session, coordinator: Actor) -> UUID:
    outline = Outline(
        name="Month 1",
        questionnaire=SAFETY_AND_NEEDS.key,
        countries=[],
        languages=[],
        local_time=datetime.fromisoformat("2099-01-01T18:00"),
        max_lateness_hours=24,
    )
    return (await draft(session, coordinator, outline)).id


async def a_task(session: Session, office: Office, person: Returnee) -> UUID:
    task = Task(
        organisation_id=office.organisation.id,
        returnee_id=person.id,
        pathway="three-months",
        version=1,
        step="arrival.there",
        due_at=session.now,
    )
    session.add(task)
    await session.flush()
    return task.id


async def all_of_the_rota(
    session: Session, office: Office, coordinator: Actor, colleague: Actor
) -> dict[str, UUID]:
    day, begins, ends = date(2099, 1, 1), time(9), time(17)
    mondays = EveryWeek([0], begins, ends, day)
    await plan_weekly(session, coordinator, colleague.staff_id, mondays)
    await plan_once(session, coordinator, colleague.staff_id, day, begins, ends)
    await take_off(session, coordinator, None, day, day)
    await go_on_duty(session, colleague)
    await drills.start(session, coordinator)
    drill = (await standing_of(session, colleague)).drill
    assert drill is not None
    return {
        "weekly": await only_one(session, WeeklyShift, office),
        "shifts": await only_one(session, Shift, office, Shift.ends_at.is_not(None)),
        "off": await only_one(session, TimeOff, office),
        "drills": drill,
    }


async def all_of_a_colleague(session: Session, office: Office, colleague: Actor) -> dict[str, UUID]:
    await save_view(session, colleague, "Urgent", View(severity=Severity.URGENT))
    await add_channel(session, colleague, "ntfys://example.org/a", shared=False)
    passkey = Passkey(
        organisation_id=office.organisation.id,
        staff_id=colleague.staff_id,
        credential_id=b"credential",
        public_key=b"key",
        sign_count=0,
        created_at=session.now,
    )
    session.add(passkey)
    browser = select(StaffSession.id).where(StaffSession.staff_id == colleague.staff_id)
    return {
        "views": await only_one(session, SavedView, office),
        "channels": await only_one(session, AlertChannel, office),
        "passkeys": await only_one(session, Passkey, office),
        "browsers": (await session.scalars(browser)).one(),
    }


async def all_of_the_lexicon(
    session: Session, office: Office, coordinator: Actor, watch: Watch
) -> dict[str, UUID]:
    words = await add_own(session, coordinator, SLANG)
    slang = await add_own(session, coordinator, SLANG)
    await put_in_force(session, coordinator, slang, watch)
    await mute_own(session, coordinator, slang, "They mean their aunts.")
    return {"lexicon": words, "mutings": await only_one(session, LexiconMuting, office)}


async def all_of_partners(
    session: Session, office: Office, coordinator: Actor, case: Case
) -> dict[str, UUID]:
    card = Card("intake@shelter.example.org", "Ana Marku", "+355 4")
    await add_mail_partner(session, coordinator, "Shelter", "sq", card, no_authority=True)
    referral = Referral(
        case_id=case.id,
        returnee_id=case.returnee_id,
        organisation_id=office.organisation.id,
        partner_id=office.organisation.id,
        state=ReferralState.ASKED,
        fields=[],
        joint_days=0,
        made_at=session.now,
    )
    session.add(referral)
    return {
        "partners": await only_one(session, MailPartner, office),
        "referrals": await only_one(session, Referral, office),
    }
