"""Who may see and do what, walked over every route that there is."""

import re
from contextlib import AsyncExitStack
from datetime import date, datetime, time
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select
from starlette.routing import Mount

from console.app import create_console
from console.pages import PAGES
from console.routing import Access, Page
from domain.actors import Actor, Right
from domain.campaigns import Outline, draft
from domain.cases.queue import Part
from domain.cases.saved_views import save_view
from domain.cases.view import View
from domain.cases.work import claim
from domain.channels.keeping import add_channel
from domain.distress import Watch
from domain.duty import drills, go_on_duty, rota
from domain.lexicon.adding import NewWords, add_own, put_in_force
from domain.lexicon.muting import mute_own
from domain.people import pseudonym_of
from domain.questionnaires.safety_and_needs import SAFETY_AND_NEEDS
from domain.referrals.partners import Card, add_mail_partner
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.handling import pass_on
from domain.safeguarding.readings import say_why
from storage.cases import Case
from storage.channels import AlertChannel
from storage.duty import TimeOff, WeeklyShift
from storage.kinds import ConflictKind, ReferralState, Role, Severity
from storage.lexicon import LexiconMuting
from storage.partners import MailPartner
from storage.pathways import Task
from storage.referrals import Referral
from storage.returnees import Returnee
from storage.safeguarding import Complaint, Conflict, Reading
from storage.sessions import SERVICE
from storage.staff import Passkey, Shift, StaffSession
from storage.views import SavedView
from tests.console.office import Browser, Office

STAFF_PAGES = [page for page in PAGES if page.needs is not Access.ANYBODY]


def address(page: Page) -> str:
    """Of something that nobody has."""
    return re.sub(r"\{\w+(:\w+)?\}", str(uuid4()), page.path)


def may(role: Role, page: Page) -> bool:
    if isinstance(page.needs, Right):
        return Actor(uuid4(), uuid4(), role).may(page.needs)
    return True


def test_p10_every_route_of_the_console_says_who_may_see_it(office: Office) -> None:
    routes = create_console(office.database, office.settings).routes
    assert [route for route in routes if not isinstance(route, Page | Mount)] == []
    assert [route.path for route in routes if isinstance(route, Mount)] == ["/static"]


@pytest.mark.parametrize("role", list(Role))
async def test_p10_a_role_reaches_its_own_pages_and_no_others(office: Office, role: Role) -> None:
    async with office.browser(role) as browser:
        for page in STAFF_PAGES:
            # The streams never end, and signing out would; their walls are the same function.
            if page.path.endswith("/events") or page.path == "/sign-out":
                continue
            path = address(page)
            answer = await (browser.post(path) if page.form else browser.get(path))
            forbidden = answer.status_code == 403
            assert forbidden is not may(role, page), (page.path, answer.status_code)


@pytest.mark.parametrize("role", list(Role))
async def test_p10_a_live_page_is_closed_to_roles_without_its_right(
    office: Office, role: Role
) -> None:
    allowed = Actor(uuid4(), uuid4(), role).may(Right.WORK_ON_CASES)
    async with (
        office.browser(role) as browser,
        browser.client.stream("GET", "/queue/events") as answer,
    ):
        assert answer.status_code == (200 if allowed else 403)


async def test_nobody_gets_past_the_sign_in_page(office: Office) -> None:
    async with httpx.AsyncClient(
        base_url=office.settings.public_url, headers={"Origin": office.settings.origin}
    ) as stranger:
        for page in STAFF_PAGES:
            method = "POST" if page.form else "GET"
            answer = await stranger.request(method, address(page))
            assert answer.status_code == 303, page.path
            assert answer.headers["location"].startswith("/sign-in"), page.path


@pytest.mark.parametrize("origin", ["https://example.org", "null", None])
async def test_forms_of_other_sites_are_refused(office: Office, origin: str | None) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        token = await browser.form_token()
        del browser.client.headers["Origin"]
        headers = {"Origin": origin} if origin else {}
        for page in PAGES:
            if page.form:
                answer = await browser.client.post(
                    address(page), data={"form_token": token}, headers=headers
                )
                assert answer.status_code == 403, page.path


async def test_forms_without_this_sessions_own_token_are_refused(office: Office) -> None:
    async with office.browser(Role.ADMIN) as other, office.browser(Role.ADMIN) as browser:
        foreign = await other.form_token()
        for page in STAFF_PAGES:
            if page.form:
                for token in ("", foreign):
                    answer = await browser.client.post(address(page), data={"form_token": token})
                    assert answer.status_code == 403, page.path


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
        drill = await drills.waiting_for(session, colleague.actor)
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
        "channels": channel,
        "lexicon": words,
        "views": view,
        "mutings": muting,
    }


async def test_p10_what_is_another_organisations_is_on_every_page_as_if_it_were_not_there(
    office: Office, elsewhere: Office
) -> None:
    theirs = await everything_of(elsewhere)
    browsers: dict[Role, Browser] = {}
    async with AsyncExitStack() as stack:
        for role in Role:
            browsers[role] = await stack.enter_async_context(office.browser(role))
        for page in NAMING_SOMETHING:
            browser = browsers[role_for(page)]
            answers = [
                await looked_at(browser, page, thing) for thing in (theirs[named(page)], uuid4())
            ]
            assert answers[0] == answers[1], page.path
            assert answers[0][0] in (404, 409) or named(page) in GONE_ALREADY, page.path
        assert "The door is locked" not in (await browsers[Role.SUPERVISOR].get("/queue")).text
    async with elsewhere.database.begin(SERVICE) as session:
        assert await session.get(Passkey, theirs["passkeys"]) is not None
        assert await session.get(StaffSession, theirs["browsers"]) is not None
        standing = await session.get_one(Conflict, theirs["conflicts"])
        assert standing.ended_at is None


# What is not there is as good as removed: the page says that it is done.
GONE_ALREADY = ("passkeys", "browsers")
OF_A_PERSON = ("cases", "people", "conflicts", "referrals", "tasks")


@pytest.mark.parametrize("role", list(Role))
async def test_p10_whoever_is_kept_apart_from_a_person_finds_nothing_of_them_on_any_page(
    office: Office, role: Role
) -> None:
    things = await everything_of(office)
    safeguarding = await office.colleague(Role.SAFEGUARDING)
    kept_apart = await office.colleague(role, "Nobody knows")
    async with office.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, things["people"])
        case = await session.get_one(Case, things["cases"])
        pseudonym = await pseudonym_of(session, safeguarding.actor, person.id)
        await keep_apart(
            session,
            safeguarding.actor,
            person.id,
            kept_apart.actor.staff_id,
            ConflictKind.COMPLAINT,
        )
        own = await session.scalar(
            select(Conflict.id).where(Conflict.staff_id == kept_apart.actor.staff_id)
        )
    assert own is not None
    async with office.browser_of(kept_apart) as browser:
        for page in STAFF_PAGES:
            if not may(role, page) or page.path == "/sign-out":
                continue
            if "{id" in page.path:
                kind = named(page)
                ids = [things[kind], own] if kind == "conflicts" else [things[kind]]
                if kind in OF_A_PERSON:
                    answers = [await looked_at(browser, page, thing) for thing in (*ids, uuid4())]
                    assert all(answer == answers[-1] for answer in answers), page.path
                    assert answers[-1][0] in (404, 409), page.path
                    continue
            if page.form:
                continue
            for path in addresses(page, things):
                seen = await first_of(browser, path)
                for secret in (pseudonym, case.code, str(person.id), str(case.id), str(own)):
                    assert secret not in seen, path
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(Case, case.id)).claimed_by is None
        assert (await session.get_one(Conflict, own)).ended_at is None


def addresses(page: Page, things: dict[str, UUID]) -> list[str]:
    """Of a page that names no person, but may list some."""
    if "{part}" in page.path:
        return [page.path.replace("{part}", part) for part in Part]
    return (
        [page.path.replace("{id:uuid}", str(things[named(page)]))]
        if "{" in page.path
        else [page.path]
    )


async def first_of(browser: Browser, path: str) -> str:
    """A page, or what a stream says first."""
    if not path.endswith("/events"):
        return (await browser.get(path)).text
    async with browser.client.stream("GET", path) as answer:
        return await anext(line async for line in answer.aiter_lines() if line.startswith("data"))


async def test_p10_a_page_that_follows_a_case_ends_when_its_reader_is_kept_apart(
    office: Office,
) -> None:
    person = await office.person()
    case = await office.case(person, "He is at the door")
    vera, chief = await office.colleague(Role.CASEWORKER), await office.colleague(Role.SAFEGUARDING)
    async with (
        office.browser_of(vera) as browser,
        browser.client.stream("GET", f"/cases/{case.id}/events") as answer,
    ):
        lines = answer.aiter_lines()
        await anext(lines)
        async with office.database.begin(SERVICE) as session:
            await claim(session, vera.actor, case.id)
        async with office.database.begin(SERVICE) as session:
            await keep_apart(
                session, chief.actor, person.id, vera.actor.staff_id, ConflictKind.EXCLUDED
            )
        assert "event: gone" in [line async for line in lines]


async def test_a_worker_steps_back_and_safeguarding_can_undo_it(office: Office) -> None:
    person = await office.person()
    case = await office.case(person, "He is at the door")
    vera = await office.colleague(Role.CASEWORKER, "Vera Hoxha")
    async with office.browser_of(vera) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        gone = await browser.post(f"/cases/{case.id}/recuse")
        assert (gone.status_code, gone.headers["location"]) == (303, "/queue")
        assert (await browser.get(f"/cases/{case.id}")).status_code == 404
        async with office.browser(Role.SAFEGUARDING) as safeguarding:
            page = (await safeguarding.get("/safeguarding")).text
            assert "Vera Hoxha" in page
            found = re.search(r"/conflicts/([\w-]+)/end", page)
            assert found
            await safeguarding.post(f"/conflicts/{found[1]}/end")
        assert (await browser.get(f"/cases/{case.id}")).status_code == 200


async def test_a_colleague_is_kept_apart_from_the_persons_page(office: Office) -> None:
    person = await office.person()
    await office.case(person, "He is at the door")
    vera = await office.colleague(Role.CASEWORKER, "Vera Hoxha")
    async with office.browser(Role.SAFEGUARDING) as browser:
        assert f"/people/{person.id}/apart" in (await browser.get(f"/people/{person.id}")).text
        done = await browser.post(
            f"/people/{person.id}/apart", staff=str(vera.actor.staff_id), kind="excluded"
        )
        assert done.status_code == 303
        assert "Vera Hoxha" in (await browser.get(f"/people/{person.id}/apart")).text
    async with office.browser_of(vera) as hers:
        assert (await hers.get(f"/people/{person.id}")).status_code == 404


async def test_a_closed_case_asks_for_a_reason_which_a_supervisor_reviews(office: Office) -> None:
    person = await office.person()
    case = await office.case(person, "He is at the door")
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        await browser.post(f"/cases/{case.id}/resolve", outcome="helped")
    async with office.browser(Role.CASEWORKER) as browser:
        shut = await browser.get(f"/cases/{case.id}")
        assert "He is at the door" not in shut.text
        assert "Why do you need to read it?" in shut.text
        assert (await browser.post(f"/cases/{case.id}/open", reason=" ")).status_code == 409
        await browser.post(f"/cases/{case.id}/open", reason="<b>She</b> called")
        assert "He is at the door" in (await browser.get(f"/cases/{case.id}")).text
    async with office.browser(Role.SUPERVISOR) as browser:
        page = (await browser.get("/readings")).text
        assert "&lt;b&gt;She&lt;/b&gt; called" in page
        found = re.search(r"/readings/([\w-]+)/review", page)
        assert found
        await browser.post(f"/readings/{found[1]}/review")
        assert "called" not in (await browser.get("/readings")).text


async def test_pages_are_bound_to_their_own_origin_and_kept_by_no_cache(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        for path in ("/queue", "/sign-in", "/static/wayhome.css", "/nothing"):
            headers = (await browser.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["x-content-type-options"] == "nosniff"
        assert (await browser.get("/queue")).headers["cache-control"] == "no-store"


async def test_a_body_that_is_far_too_large_is_refused_unread(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        answer = await browser.post("/duty", duty="x" * 200_000)
        assert answer.status_code == 413
