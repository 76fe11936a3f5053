"""What anybody can write, shown to staff in a real browser: it stays text, every bit of it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from html.parser import HTMLParser
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route
from sqlalchemy import select, update

from console.cookies import SESSION
from domain.campaigns import Outline, draft
from domain.casework import work
from domain.consent.ledger import Shown
from domain.distress import Watch
from domain.pathways import editing
from domain.pathways.bringing import bring
from domain.pathways.drafting import change
from domain.pathways.values import Anchor, Kind, Offset, Pathway, Stage, Step
from domain.questionnaires.values import Words
from domain.referrals.agreeing import answer_referral
from domain.referrals.making import Plan, refer
from domain.referrals.partners import Card, add_mail_partner
from domain.referrals.receiving import reject
from domain.staff import add_staff
from domain.staff.browsers import open_session
from storage.kinds import CaseState, Identity, Role
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.attacks.corpus import MARK, SCRIPTS, SHORT
from tests.console.conftest import Telegram
from tests.console.office import Colleague, Office
from tests.handlers.phone import Phone

_CRY = "He locked me in and he will kill me"
_LONGEST = 3_500
_WATCHING = """
window.pwned_by = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.pwned_by.push(event.violatedDirective + " " + event.blockedURI));
"""


@dataclass
class Watched:
    """A page on which nothing may happen that we did not write."""

    page: Page
    happened: list[str] = field(default_factory=list)

    async def ensure_quiet(self, path: str) -> None:
        assert self.happened == [], path
        assert await self.page.evaluate("window.pwned_by") == [], path
        strange = f"[id*={MARK}], script:not([src^='/static/']), [src*='example.org'], base, object"
        assert await self.page.locator(strange).count() == 0, path


@asynccontextmanager
async def watched(chromium: Browser, office: Office, me: Colleague) -> AsyncIterator[Watched]:
    context = await chromium.new_context(base_url=office.settings.public_url)
    await context.add_cookies(
        [{"name": SESSION, "value": me.cookie, "url": office.settings.public_url}]
    )
    page = await context.new_page()
    watching = Watched(page)

    async def elsewhere(route: Route) -> None:
        watching.happened.append(f"asked for {route.request.url}")
        await route.abort()

    await page.route(re.compile(r"^\w+://example\.org"), elsewhere)
    await page.expose_function("ran", lambda: watching.happened.append("a script ran"))
    await page.add_init_script(_WATCHING)
    page.on("dialog", lambda dialog: watching.happened.append(f"asked {dialog.message}"))
    page.on("pageerror", lambda error: watching.happened.append(str(error)))
    yield watching
    await context.close()


def bundles(texts: tuple[str, ...], longest: int) -> list[str]:
    """All of them, in as few messages as hold them."""
    filled = [""]
    for text in texts:
        if len(filled[-1]) + len(text) >= longest:
            filled.append("")
        filled[-1] += f"{text}\n"
    return [each.strip() for each in filled]


async def written_everywhere(phone: Phone) -> list[str]:
    """In every field of an update that holds a text, after a cry that opens a case.

    Returns what must be read on the page of the case.
    """
    shown = [*bundles(SCRIPTS, _LONGEST), *bundles(SHORT, 900)]
    await phone.write(_CRY)
    for text in bundles(SCRIPTS, _LONGEST):
        await phone.write(text)
    for text in bundles(SHORT, 900):
        await phone.write(photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}],
                          caption=text)  # fmt: skip
    file = {"file_id": "f2", "file_unique_id": "u2"}
    for text in SHORT[:: len(SHORT) // 6]:
        await phone.write(contact={"phone_number": text, "first_name": text, "last_name": text})
        await phone.write(document=file | {"file_name": text, "mime_type": text})
        await phone.write(audio=file | {"duration": 1, "title": text, "performer": text})
        place = {"latitude": 1.0, "longitude": 1.0}
        await phone.write(venue={"location": place, "title": text, "address": text}, location=place)
        await phone.write(f"/start {text}")
        await phone.press_data(text[:64])
        names = {"first_name": text, "last_name": text, "username": text, "language_code": text}
        odd = phone.message(text=f"{_CRY} {text}") | {"from": phone.user | names}
        await phone.send(message=odd)
        await phone.send(edited_message=odd | {"text": text, "edit_date": 2})
        shown.append(text)
    return shown


@pytest.fixture
def phone(office: Office) -> Phone:
    return Phone(office.database, Watch.load(), 4_242)


async def test_p10_no_script_that_anybody_writes_runs_in_any_page_of_the_console(
    office: Office, phone: Phone, chromium: Browser, telegram: Telegram
) -> None:
    telegram.files = dict.fromkeys(("f", "f2"), f"<script>{'ran()'}</script>".encode())
    shown = await written_everywhere(phone)
    me, paths, notes = await hostile_staff(office)
    async with watched(chromium, office, me) as watching:
        for path in paths:
            await watching.page.goto(path)
            await watching.ensure_quiet(path)
        [case] = [path for path in paths if path.startswith("/cases/")]
        await watching.page.goto(case)
        words = await watching.page.locator(".bubble").all_text_contents()
        said = {_as_shown(each) for each in words}
        assert {_as_shown(each) for each in shown + notes} <= said
        for source in await watching.page.evaluate(
            "[...document.querySelectorAll('.bubble [src], .bubble a')].map(e => e.src || e.href)"
        ):
            answer = await watching.page.request.get(
                f"{source}?knowing=yes", headers={"Referer": watching.page.url}
            )
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-type"] in (
                "audio/ogg",
                "image/jpeg",
                "application/octet-stream",
            )
            assert "default-src 'none'" in answer.headers["content-security-policy"]


def _as_shown(text: str) -> str:
    """As a page shows it: whatever space and line there is."""
    return " ".join(text.replace("\ufeff", "").split())


async def hostile_staff(office: Office) -> tuple[Colleague, list[str], list[str]]:
    """Names and notes that want to run, and every address where they are shown."""
    short = SHORT[0]
    me = await office.colleague(Role.SUPERVISOR, SHORT[2])
    notes = bundles(SHORT, 2_000)
    async with office.database.begin(SERVICE) as session:
        await session.execute(update(Organisation).values(name=SHORT[3]))
        await add_staff(session, short, office.organisation, Role.CASEWORKER)
        case = (await session.scalars(select(Case))).one()
    async with office.database.begin(office.organisation.id) as session:
        await work.claim(session, me.actor, case.id)
        for note in notes:
            await work.note(session, me.actor, case.id, note)
    paths = ["/queue", "/team", "/account", "/people", f"/people/{case.returnee_id}"]
    return me, [*paths, "/invites", f"/cases/{case.id}"], notes


async def test_what_arrives_while_a_case_is_open_on_the_screen_stays_text_too(
    office: Office, phone: Phone, chromium: Browser
) -> None:
    await phone.write(_CRY)
    me = await office.colleague(Role.SUPERVISOR)
    async with office.database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case))).one()
    async with watched(chromium, office, me) as watching:
        for path in (f"/cases/{case.id}", "/queue"):
            await watching.page.goto(path)
            for text in bundles(SHORT, _LONGEST):
                await phone.write(text)
            async with office.database.begin(SERVICE) as session:
                await session.execute(update(Case).values(state=CaseState.OPEN))
            if path != "/queue":
                await watching.page.get_by_text("&#60;script&#62;").first.wait_for()
            await watching.ensure_quiet(path)


async def test_the_name_of_a_campaign_runs_in_no_page(office: Office, chromium: Browser) -> None:
    me = await office.colleague(Role.COORDINATOR, SHORT[4])
    async with office.database.begin(office.organisation.id) as session:
        campaign = await draft(
            session,
            me.actor,
            Outline(
                name=SHORT[2],
                questionnaire="safety-and-needs",
                local_time=datetime.fromisoformat("2099-01-01T18:00"),
            ),
        )
    async with watched(chromium, office, me) as watching:
        for path in ("/campaigns", "/campaigns/new", f"/campaigns/{campaign.id}"):
            await watching.page.goto(path)
            await watching.ensure_quiet(path)
        await watching.page.goto(f"/campaigns/{campaign.id}")
        assert SHORT[2] in await watching.page.locator("h1").all_text_contents()


async def test_a_script_in_a_pathway_is_only_text(office: Office, chromium: Browser) -> None:
    me = await office.colleague(Role.COORDINATOR)
    said = Words(SHORT[0], {"en": SHORT[0], "fr": SHORT[1]})
    told = Step("first.told", Kind.INFORMATION, Offset(1), time(11), 24, said)
    stage = Stage("first", said, Anchor.ARRIVAL, (told,))
    async with office.database.begin(office.organisation.id) as session:
        await bring(session, me.actor, Pathway("ours", 1, said, (stage,)))
        await change(
            session,
            me.actor,
            "ours",
            "1.0.",
            lambda pathway: editing.with_step(
                pathway, pathway.stages[0], replace(told, due=Offset(2))
            ),
            languages=["en", "fr"],
            questionnaires=(),
        )
    async with watched(chromium, office, me) as watching:
        for path in (
            "/pathways",
            "/pathways/look?of=ours",
            "/pathways/results?of=ours",
            "/pathways/edit?of=ours",
            "/pathways/edit/step?of=ours&step=first.told",
            "/pathways/edit/stage?of=ours&stage=first",
        ):
            await watching.page.goto(path)
            await watching.ensure_quiet(path)
        assert await watching.page.get_by_label("Name, English").input_value() == SHORT[0]


async def test_a_script_in_a_referral_is_only_text(
    office: Office, elsewhere: Office, chromium: Browser
) -> None:
    me, theirs = await office.colleague(Role.CASEWORKER), await elsewhere.colleague(Role.CASEWORKER)
    keeper = await office.colleague(Role.COORDINATOR)
    case = await office.case(await office.person(), "Where can I sleep?")
    card = Card("intake@example.org", SHORT[1], SHORT[2][:40])
    async with office.database.begin(SERVICE) as session:
        (await session.get_one(Organisation, elsewhere.organisation.id)).name = SHORT[3]
        await add_mail_partner(session, keeper.actor, SHORT[4], "sq", card, no_authority=True)
        await work.claim(session, me.actor, case.id)
        plan = Plan(elsewhere.organisation.id, SHORT[0], [], 0, False)
        referral = await refer(session, me.actor, case.id, plan)
        person = await session.get_one(Returnee, case.returnee_id)
        person.identity, person.confirmed_at = Identity.CONFIRMED, session.now
        await answer_referral(session, person, referral.id, True, Shown("1", "May we?"))
    async with watched(chromium, office, theirs) as watching:
        await watching.page.goto(f"/referrals/{referral.id}")
        await watching.ensure_quiet("before they answered")
        assert SHORT[0] in await watching.page.locator("main").inner_text()
    async with office.database.begin(SERVICE) as session:
        await reject(session, theirs.actor, referral.id, SHORT[5])
    for reader, paths in (
        (me, ("/referrals", f"/referrals/{referral.id}", f"/cases/{case.id}/refer")),
        (theirs, ("/referrals",)),
        (keeper, ("/partners",)),
    ):
        async with watched(chromium, office, reader) as watching:
            for path in paths:
                await watching.page.goto(path)
                await watching.ensure_quiet(path)


async def test_what_a_form_was_given_is_shown_back_as_text(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.ADMIN)
    async with watched(chromium, office, me) as watching:
        for text in SHORT[:8]:
            await watching.page.goto("/team")
            await watching.page.get_by_label("Name", exact=True).fill(text)
            await watching.page.get_by_role("button", name="Add to the team").click()
            await watching.page.wait_for_load_state()
            await watching.ensure_quiet("/team")
        await watching.page.context.clear_cookies()
        for text in SHORT[:8]:
            await watching.page.goto(f"/sign-in?next={text}")
            await watching.ensure_quiet("/sign-in")
            await watching.page.goto(f"/set-up/{text}".replace("//", "/"))
            await watching.ensure_quiet("/set-up")


class _Isolation(HTMLParser):
    """Where on a page a name stands without anything that keeps its direction to itself."""

    _VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._open: list[tuple[str, bool]] = []
        self.loose: list[str] = []
        self.found = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        if tag not in self._VOID:
            alone = tag in ("bdi", "option", "textarea") or ("dir", "auto") in attrs
            self._open.append((tag, alone))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.found += data.count(self._name)
        outside = re.sub("\u2068[^\u2069]*\u2069", "", data)
        if self._name in outside and not any(alone for _, alone in self._open):
            self.loose.append(data.strip())


async def test_no_name_turns_the_direction_of_what_stands_beside_it(office: Office) -> None:
    name = "نور \u202e3"
    me = await office.colleague(Role.SUPERVISOR)
    person = await office.person()
    case = await office.case(person, f"{name} is here.")
    async with office.database.begin(SERVICE) as session:
        # As a version before this one would have kept it.
        sealed = session.keys.seal(name, "staff name")
        await session.execute(update(Staff).values(name=sealed))
        await session.execute(update(Organisation).values(name=name))
        other = await add_staff(session, "Nora", office.organisation, Role.CASEWORKER)
        staff = await session.get_one(Staff, other.id)
        await open_session(session, staff)
        staff.name = sealed
        colleague = await session.get_one(Staff, me.actor.staff_id)
        theirs = await open_session(session, colleague)
    async with office.database.begin(office.organisation.id) as session:
        await work.claim(session, me.actor, case.id)
        await work.note(session, me.actor, case.id, f"{name} called.")
    async with office.browser_of(Colleague(me.actor, theirs)) as browser:
        pages = [
            await browser.get(path)
            for path in ("/queue", "/team", "/account", f"/cases/{case.id}", "/people")
        ]
        pages.append(await browser.get(f"/set-up/{other.setup_token}"))
        pages.append(await browser.post(f"/team/{other.id}/set-up"))
    async with office.browser(Role.CASEWORKER) as browser:
        pages.append(await browser.get(f"/cases/{case.id}"))
    for page in pages:
        looked = _Isolation(name)
        looked.feed(page.text)
        assert looked.loose == [], page.url
    assert sum(name in page.text for page in pages) >= 6
