"""One of everything that a page of the console can be about, and what a page answers about it."""

import re
from datetime import date, datetime, time
from uuid import UUID, uuid4

from sqlalchemy import select

from console.pages import PAGES
from console.routing import Page
from domain.campaigns import Outline, draft
from domain.cases.saved_views import save_view
from domain.cases.view import View
from domain.channels.keeping import add_channel
from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from domain.directory.reports import report
from domain.distress import Watch
from domain.duty import drills, go_on_duty, rota
from domain.duty.standing import standing_of
from domain.lexicon.adding import NewWords, add_own, put_in_force
from domain.lexicon.muting import mute_own
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.referrals.partners import Card, add_mail_partner
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.handling import pass_on
from domain.safeguarding.readings import say_why
from storage.channels import AlertChannel
from storage.directory import DirectoryService
from storage.duty import Shift, TimeOff, WeeklyShift
from storage.kinds import ConflictKind, ReferralState, Role, Severity
from storage.lexicon import LexiconMuting
from storage.partners import MailPartner
from storage.pathways import Task
from storage.referrals import Referral
from storage.safeguarding import Complaint, Conflict, Reading
from storage.sessions import SERVICE, Session
from storage.staff import Passkey, StaffSession
from storage.views import SavedView
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
    colleague = await office.colleague(Role.CASEWORKER, "Samir")
    safeguarding = await office.colleague(Role.SAFEGUARDING)
    coordinator = await office.colleague(Role.COORDINATOR)
    async with office.database.begin(SERVICE) as session:
        await keep_apart(
            session,
            safeguarding.actor,
            person.id,
            colleague.actor.staff_id,
            ConflictKind.EXCLUDED,
        )
        conflict = await session.scalar(
            select(Conflict.id).where(Conflict.organisation_id == office.organisation.id)
        )
        await pass_on(session, colleague.actor, confiding.id, "Not Samir.")
        complaint = await session.scalar(
            select(Complaint.id).where(Complaint.organisation_id == office.organisation.id)
        )
        await say_why(session, colleague.actor, confiding.id, "I look")
        await session.flush()
        reading = await session.scalar(
            select(Reading.id).where(Reading.organisation_id == office.organisation.id)
        )
        campaign = await draft(
            session,
            coordinator.actor,
            Outline(
                name="Month 1",
                questionnaire=SAFETY_AND_NEEDS.key,
                countries=[],
                languages=[],
                local_time=datetime.fromisoformat("2099-01-01T18:00"),
                max_lateness_hours=24,
            ),
        )
        day = date(2099, 1, 1)
        await rota.plan_weekly(
            session, coordinator.actor, colleague.actor.staff_id, [0], time(9), time(17), day
        )
        await rota.plan_once(
            session, coordinator.actor, colleague.actor.staff_id, day, time(9), time(17)
        )
        await rota.take_off(session, coordinator.actor, None, day, day)
        await go_on_duty(session, colleague.actor)
        urgent = View(severity=Severity.URGENT)
        await save_view(session, colleague.actor, "Urgent", urgent)
        await session.flush()
        view = await session.scalar(
            select(SavedView.id).where(SavedView.organisation_id == office.organisation.id)
        )
        await add_channel(session, colleague.actor, "ntfys://example.org/a", shared=False)
        await session.flush()
        channel = await session.scalar(
            select(AlertChannel.id).where(AlertChannel.organisation_id == office.organisation.id)
        )
        words = await add_own(session, coordinator.actor, SLANG)
        slang = await add_own(session, coordinator.actor, SLANG)
        await put_in_force(session, coordinator.actor, slang, Watch.load())
        await mute_own(session, coordinator.actor, slang, "They mean their aunts.")
        muting = await session.scalar(
            select(LexiconMuting.id).where(LexiconMuting.organisation_id == office.organisation.id)
        )
        await drills.start(session, coordinator.actor)
        drill = (await standing_of(session, colleague.actor)).drill
        task = Task(
            organisation_id=office.organisation.id,
            returnee_id=person.id,
            pathway="three-months",
            version=1,
            step="arrival.there",
            due_at=session.now,
        )
        session.add(task)
        passkey = Passkey(
            organisation_id=office.organisation.id,
            staff_id=colleague.actor.staff_id,
            credential_id=b"credential",
            public_key=b"key",
            sign_count=0,
            created_at=session.now,
        )
        session.add(passkey)
        browser = await session.scalar(
            select(StaffSession.id).where(StaffSession.staff_id == colleague.actor.staff_id)
        )
        weekly, shift, off = [
            (
                await session.scalars(
                    select(kind.id).where(kind.organisation_id == office.organisation.id, *only)
                )
            ).one()
            for kind, only in (
                (WeeklyShift, ()),
                (Shift, (Shift.ends_at.is_not(None),)),
                (TimeOff, ()),
            )
        ]
        referral = Referral(
            case_id=case.id,
            returnee_id=person.id,
            organisation_id=office.organisation.id,
            partner_id=office.organisation.id,
            state=ReferralState.ASKED,
            fields=[],
            joint_days=0,
            made_at=session.now,
        )
        session.add(referral)
        card = Card("intake@shelter.example.org", "Ana Marku", "+355 4")
        await add_mail_partner(session, coordinator.actor, "Shelter", "sq", card, no_authority=True)
        shelter = await session.scalar(
            select(MailPartner.id).where(MailPartner.organisation_id == office.organisation.id)
        )
        service = await did_not_work(session, office)
    assert shelter is not None
    assert conflict is not None
    assert complaint is not None
    assert reading is not None
    assert browser is not None
    assert drill is not None
    assert channel is not None
    assert view is not None
    assert muting is not None
    return {
        "cases": case.id,
        "people": person.id,
        "team": colleague.actor.staff_id,
        "conflicts": conflict,
        "complaints": complaint,
        "readings": reading,
        "campaigns": campaign.id,
        "tasks": task.id,
        "passkeys": passkey.id,
        "browsers": browser,
        "weekly": weekly,
        "shifts": shift,
        "off": off,
        "referrals": referral.id,
        "drills": drill,
        "partners": shelter,
        "services": service,
        "channels": channel,
        "lexicon": words,
        "views": view,
        "mutings": muting,
    }
