"""Windows of a desk and of a phone, and what bars somebody's way in them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page
from sqlalchemy import select

from console.cookies import SESSION
from domain.actors import Actor
from domain.campaigns import Outline, draft
from domain.casework import work
from domain.duty import swaps
from domain.duty.declaring import declare_hours, name_fallback
from domain.duty.time_off import take_off
from domain.duty.weekly import EveryWeek, plan_weekly
from domain.pathways import editing
from domain.pathways.drafting import change
from domain.pathways.placing import Place, put
from domain.pathways.values import Anchor
from domain.staff import add_staff, speak
from storage.kinds import MessageKind, Role, Severity
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case
from storage.tables.duty import Shift
from tests.console.office import Colleague, Office

Scheme = Literal["light", "dark"]

# A phone, or a desk at 400 % (WCAG 1.4.10).
PHONE, DESK = 320, 1280


async def busy(office: Office, role: Role, language: str) -> tuple[Colleague, list[str]]:
    """A colleague amid much work, and the addresses of every page that they may open."""
    me = await office.colleague(role)
    person = await office.person("ar")
    case = await office.case(
        person, "ساعدوني، هو في الخارج", Severity.EMERGENCY, "danger.emergency.x"
    )
    await office.case(person, "voice-1", Severity.URGENT, "unread.voice", MessageKind.VOICE)
    other = await office.case(await office.person("uk"), "Куди йти?" * 40, Severity.URGENT)
    await office.case(await office.person("en"), "No food.", Severity.CONCERN, "money.concern.x")
    async with office.database.begin(SERVICE) as session:
        await speak(session, me.actor.staff_id, language)
        new = await add_staff(session, "Nora Berisha", office.organisation, Role.CASEWORKER)
        await planned(session, office, new.id)
    async with office.database.begin(office.organisation.id) as session:
        arrival = {Anchor.ARRIVAL: session.now.date() + timedelta(days=3)}
        await put(session, me.actor, person.id, Place("care-and-tact", arrival), {})
    paths = ["/account", "/people", f"/people/{person.id}", "/invites", "/rota", "/nothing"]
    paths += ["/channels", "/tasks", "/people/unplanned"]
    paths.append(f"/people/{person.id}/pathway?pathway=three-months&arrival=2099-05-01")
    if role is Role.SUPERVISOR:
        paths += await busy_in_cases(office, me, case, other)
    if role is Role.COORDINATOR:
        paths += await busy_planning(office, me)
    return me, [*paths, f"/set-up/{new.setup_token}"]


async def busy_in_cases(office: Office, me: Colleague, case: Case, other: Case) -> list[str]:
    async with office.database.begin(office.organisation.id) as session:
        await work.claim(session, me.actor, other.id)
        await work.claim(session, me.actor, case.id)
        await work.note(session, me.actor, case.id, "Called the shelter: one bed.")
        await work.write(session, me.actor, case.id, "أنا هنا")
    cases = [f"/cases/{case.id}", f"/cases/{other.id}"]
    return ["/rota/board", "/queue", *cases, "/queue/closed", "/team"]


async def busy_planning(office: Office, me: Colleague) -> list[str]:
    """A campaign is drafted, and a pathway half changed."""
    outline = Outline(
        name="First month",
        questionnaire="safety-and-needs",
        local_time=datetime.fromisoformat("2099-01-01T18:00"),
    )
    async with office.database.begin(office.organisation.id) as session:
        campaign = await draft(session, me.actor, outline)
        await change(
            session,
            me.actor,
            "care-and-tact",
            "1.0.",
            lambda pathway: editing.without_stage(pathway, pathway.stages[2].key),
            languages=(),
            questionnaires=["safety-and-needs"],
        )
    edit = "/pathways/edit{}?of=care-and-tact"
    return [
        "/campaigns",
        "/campaigns/new",
        f"/campaigns/{campaign.id}",
        "/pathways",
        "/pathways/look?of=care-and-tact",
        edit.format(""),
        edit.format("/stage"),
        f"{edit.format('/step')}&stage=month-1&kind=information",
        "/questionnaires",
        "/questionnaires/look?of=safety-and-needs",
    ]


async def planned(session: Session, office: Office, staff_id: UUID) -> None:
    """A rota with something of everything in it."""
    chief = Actor(staff_id, office.organisation.id, Role.SUPERVISOR)
    day = session.now.date()
    every_day = range(7)
    await declare_hours(session, chief, dict.fromkeys(every_day, (time(0), time(0))))
    mornings = EveryWeek(every_day, time(8), time(12), day)
    await plan_weekly(session, chief, staff_id, mornings)
    await take_off(session, chief, None, day + timedelta(days=1), day + timedelta(days=1))
    await name_fallback(session, chief, [staff_id])
    await session.flush()
    coming = Shift.staff_id == staff_id, Shift.starts_at > session.now
    shift = await session.scalar(select(Shift.id).where(*coming).limit(1))
    assert shift is not None
    await swaps.offer(session, chief, shift)


@asynccontextmanager
async def window(
    chromium: Browser, office: Office, me: Colleague | None, scheme: Scheme, width: int
) -> AsyncIterator[Page]:
    context = await chromium.new_context(
        base_url=office.settings.public_url,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )
    if me:
        await context.add_cookies(
            [{"name": SESSION, "value": me.cookie, "url": office.settings.public_url}]
        )
    yield await context.new_page()
    await context.close()


async def barriers(page: Page) -> list[Any]:
    """What keeps somebody out, as axe sees it."""
    found = (await Axe().run(page)).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


async def crowded(page: Page) -> list[str]:
    """Buttons so near above each other that a tired thumb presses the wrong one; folds open for it.

    Nearer than 8 px.
    """
    found: list[str] = await page.evaluate(
        """() => {
            for (const each of document.querySelectorAll("details")) each.open = true;
            const buttons = [...document.querySelectorAll("main button, main .button")]
                .filter(each => each.checkVisibility({ visibilityProperty: true }))
                .map(each => [each, each.getBoundingClientRect()]);
            return buttons.flatMap(([one, above]) => buttons
                .filter(([other, below]) => other !== one && below.top >= above.top
                    && below.top - above.bottom < 8 && below.left < above.right
                    && above.left < below.right)
                .map(([other]) => `${one.textContent.trim()} / ${other.textContent.trim()}`));
        }"""
    )
    return found


async def squeezed(page: Page) -> list[str]:
    """What is chosen in lists of which not even eight letters can be read; folds open for it.

    Narrower than 7 rem, of which the list's own frame and arrow take three.
    """
    found: list[str] = await page.evaluate(
        """() => {
            for (const each of document.querySelectorAll("details")) each.open = true;
            const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
            return [...document.querySelectorAll("select")]
                .filter(each => each.checkVisibility({ visibilityProperty: true }))
                .filter(each => each.selectedOptions[0]?.text.length >= 8)
                .filter(each => each.offsetWidth < 7 * rem)
                .map(each => each.selectedOptions[0].text);
        }"""
    )
    return found
