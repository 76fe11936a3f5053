"""A form that is sent again, as when its answer is lost on a bad connection, is done once."""

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import html
from playwright.async_api import Browser as Chromium
from playwright.async_api import Route, expect
from sqlalchemy import func, select, update

from domain.codes.handed import InviteUnknown
from domain.identity.new_phone import move_in
from domain.staff.codes import Use, redeem
from storage.kinds import CaseEventKind, OutboxState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.base import Base
from storage.tables.cases import Case, CaseEvent, CaseTask
from storage.tables.channels import AlertChannel
from storage.tables.duty import TimeOff, WeeklyShift
from storage.tables.lexicon import LexiconEntry
from storage.tables.marks import SignalMark
from storage.tables.outbox import OutboxRow
from storage.tables.partners import MailPartner
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage
from storage.tables.staff import Staff
from tests.console.desk import as_read
from tests.console.listening import FORM
from tests.console.looks import PHONE, window
from tests.console.office import Browser, Office
from tests.counting import how_many

# What is exchanged in a case that somebody has open.
SCRIPT = Path("console/static/case.js").read_text()
EXCHANGED = re.findall(r'"([\w-]+)"', SCRIPT.partition("const LIVING = [")[2].partition("]")[0])
LIVING = f"//*[{' or '.join(f'@id={each!r}' for each in EXCHANGED)}]"


async def once_of(browser: Browser, page: str) -> str:
    found = re.search(r'name="once" value="(\w+)"', (await browser.get(page)).text)
    assert found
    return found[1]


async def sends_twice(browser: Browser, page: str, form: str, **fields: str) -> None:
    """And is told the same both times."""
    fields["once"] = await once_of(browser, page)
    told = [await browser.post(f"{page}{form}", **fields) for _ in range(2)]
    assert [each.status_code for each in told] == [303, 303]
    assert told[0].headers["location"] == told[1].headers["location"]


async def claimed(office: Office, browser: Browser) -> Case:
    case = await office.case(await office.person(), "Hello?")
    await browser.post(f"/cases/{case.id}/claim")
    return case


async def test_a_note_that_is_sent_twice_stands_there_once_and_from_a_new_page_again(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        page = f"/cases/{(await claimed(office, browser)).id}"
        for times in (1, 2):
            await sends_twice(browser, page, "/note", note="Called the shelter")
            talk = (await browser.get(page)).text
            assert talk.count(">Called the shelter</p>") == times


async def test_a_task_that_is_sent_twice_is_owed_once(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        page = f"/cases/{(await claimed(office, browser)).id}"
        async with office.database.begin(SERVICE) as session:
            tomorrow = (session.now + timedelta(days=1)).date()
        fields = {"due": f"{tomorrow}", "staff": str(browser.actor.staff_id)}
        await sends_twice(browser, page, "/tasks", task="Look for a bed", **fields)
        assert await how_many(office.database, CaseTask) == 1
        await browser.post(f"{page}/tasks", task="Look for a bed", **fields)
        assert await how_many(office.database, CaseTask) == 2


async def test_p12_whether_it_is_safe_to_talk_is_asked_once_however_often_it_is_sent(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        case = await claimed(office, browser)
        page = f"/cases/{case.id}"
        once = await once_of(browser, page)
        for _ in range(2):
            assert (await browser.post(f"{page}/talk", once=once)).status_code == 303
            async with office.database.begin(SERVICE) as session:
                # It has left meanwhile, so that no other rule holds the next one back.
                rows = (await session.scalars(select(OutboxRow))).all()
                for row in rows:
                    await session.delete(row)
        assert rows == []
        async with office.database.begin(SERVICE) as session:
            tried = CaseEvent.case_id == case.id, CaseEvent.kind == CaseEventKind.REACHED_OUT
            assert await session.scalar(select(func.count()).where(*tried)) == 1
        # Whoever asks again later, from a page that they opened anew, does ask.
        await browser.post(f"{page}/talk", once=await once_of(browser, page))
        assert await how_many(office.database, OutboxRow) == 1


@pytest.mark.parametrize("why", ["", "She may not last the night"])
async def test_p12_words_that_were_for_later_and_go_now_after_all_go_once_and_the_page_says_when(
    office: Office, why: str
) -> None:
    """Their first answer was lost, and whoever wrote them saw meanwhile that they can't wait."""
    there = datetime.now(ZoneInfo("Europe/Tirane")) + timedelta(days=2)
    at = there.replace(hour=10, minute=30).strftime("%Y-%m-%dT%H:%M")
    case = await office.case(await office.person(), "He is at the door", Severity.EMERGENCY)
    async with office.database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(last_wrote_at=session.now))
    async with office.browser(Role.CASEWORKER) as browser:
        page = f"/cases/{case.id}"
        await browser.post(f"{page}/claim")
        await browser.post(f"{page}/write", words="Hello?")
        words = {"words": "I am here.", "once": await once_of(browser, page)}
        await browser.post(f"{page}/write", at=at, **words)
        assert "wait for the time you chose" in (await browser.get(page)).text
        # The last is as if the first had been on its way until now.
        for how in ({"any_hour": why}, {"any_hour": why}, {"at": at}):
            assert (await browser.post(f"{page}/write", **how, **words)).status_code == 303
            talk = (await browser.get(page)).text
            assert "leave in a few seconds" in talk
            assert talk.count(">I am here.</p>") == 1
    async with office.database.begin(SERVICE) as session:
        theirs = OutboxRow.organisation_id.is_not(None), OutboxRow.case_id == case.id
        rows = await session.scalars(
            select(OutboxRow.state).where(*theirs).order_by(OutboxRow.number)
        )
        assert rows.all()[1:] == [OutboxState.CANCELLED, OutboxState.HELD]


async def test_a_cry_that_the_watch_missed_and_that_is_reported_twice_counts_once(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        page = f"/cases/{(await claimed(office, browser)).id}"
        for times in (1, 2):
            await sends_twice(browser, page, "/missed", meant="urgent")
            assert await how_many(office.database, SignalMark) == times


async def test_a_colleague_is_asked_once_and_answers_once(office: Office) -> None:
    colleague = await office.colleague(Role.SUPERVISOR)
    async with office.browser(Role.CASEWORKER) as browser:
        case = await claimed(office, browser)
        page, staff = f"/cases/{case.id}", str(colleague.actor.staff_id)
        await sends_twice(browser, page, "/consult", question="What now?", staff=staff)
    async with office.database.begin(SERVICE) as session:
        (task,) = (await session.scalars(select(CaseTask))).all()
    async with office.browser_of(colleague) as browser:
        await sends_twice(browser, page, f"/tasks/{task.id}/answer", words="Call the shelter")
        talk = (await browser.get(page)).text
    assert talk.count(">What now?</p>") == 2  # In the story, and among what was owed.
    assert talk.count(">Call the shelter</p>") == 1


async def test_p12_words_of_safeguarding_that_are_sent_twice_go_out_once(office: Office) -> None:
    person = await office.person()
    async with office.browser(Role.CASEWORKER) as browser:
        await office.case(person, "Hello?")
        page = f"/people/{person.id}"
        await sends_twice(browser, page, "/keep-away", words="She does not want to see Vera")
    async with office.database.begin(SERVICE) as session:
        (complaint,) = (await session.scalars(select(Complaint))).all()
    async with office.browser(Role.SAFEGUARDING) as browser:
        page = f"/complaints/{complaint.id}"
        read = as_read((await browser.get(page)).text)
        await sends_twice(browser, page, "/answer", words="We see to it", read=read)
        assert await how_many(office.database, ComplaintMessage) == 2


@pytest.mark.parametrize(
    ("role", "page", "form", "kind", "fields"),
    [
        (
            Role.COORDINATOR,
            "/rota",
            "/weekly",
            WeeklyShift,
            {"begins": "08:00", "ends": "12:00", "first_day": "2099-01-05", "day": "0"},
        ),
        (
            Role.COORDINATOR,
            "/rota",
            "/off",
            TimeOff,
            {"first_day": "2099-01-01", "last_day": "2099-01-02"},
        ),
        (Role.COORDINATOR, "/lexicon", "", LexiconEntry, FORM),
        (Role.CASEWORKER, "/channels", "", AlertChannel, {"address": "ntfys://example.org/hers"}),
        (
            Role.COORDINATOR,
            "/partners",
            "",
            MailPartner,
            {
                "name": "The shelter",
                "language": "sq",
                "mail": "help@shelter.example",
                "person": "Ana",
                "telephone": "+355 4 123",
                "no_authority": "yes",
            },
        ),
    ],
)
async def test_what_is_added_to_a_list_is_added_once(
    office: Office, role: Role, page: str, form: str, kind: type[Base], fields: dict[str, str]
) -> None:
    worker = await office.colleague(Role.CASEWORKER)
    who = {"staff": str(worker.actor.staff_id)} if "weekly" in form else {}
    async with office.browser(role) as browser:
        await sends_twice(browser, page, form, **fields, **who)
    assert await how_many(office.database, kind) == 1


async def test_a_colleague_who_is_added_twice_is_one_and_comes_in_by_the_codes_shown_last(
    office: Office,
) -> None:
    async with office.browser(Role.ADMIN) as browser:
        fields = {"name": "Ana", "role": Role.CASEWORKER, "once": await once_of(browser, "/team")}
        links = []
        for _ in range(2):
            shown = (await browser.post("/team", **fields)).text
            links += re.findall(r"/set-up/(\w+)", shown)
        assert await how_many(office.database, Staff) == 2
        lost, last = links
        assert (await browser.get(f"/set-up/{lost}")).status_code != 200
        assert (await browser.get(f"/set-up/{last}")).status_code == 200
        async with office.database.begin(SERVICE) as session:
            await redeem(session, last, Use.CONSOLE)
        assert (await browser.post("/team", **fields)).status_code == 409
        assert await how_many(office.database, Staff) == 2


async def test_an_impatient_second_press_adds_nobody_to_the_team_twice(
    office: Office, chromium: Chromium
) -> None:
    """The codes of the first would be shown to nobody."""
    chief = await office.colleague(Role.SUPERVISOR)
    answers = asyncio.Event()

    async def slowly(route: Route) -> None:
        answer = await route.fetch()
        await answers.wait()
        await route.fulfill(response=answer)

    async with window(chromium, office, chief, "light", PHONE) as page:
        await page.goto("/team")
        await page.route("**/team", slowly)
        await page.get_by_label("Name").fill("Ana")
        add = page.get_by_role("button", name="Add to the team")
        await add.scroll_into_view_if_needed()
        place = await add.bounding_box()
        assert place
        x, y = place["x"] + 9, place["y"] + 9
        async with page.expect_request("**/team"):
            await page.mouse.click(x, y)
        await page.mouse.click(x, y)
        answers.set()
        await expect(page.get_by_text("Shown only this once.")).to_be_visible()
        assert await how_many(office.database, Staff) == 2


async def test_that_somebody_has_a_new_phone_said_twice_leaves_the_code_that_is_out(
    office: Office,
) -> None:
    """The page names it, for whoever wants to put an end to it."""
    person = await office.person()
    page = f"/people/{person.id}"
    async with office.browser(Role.SUPERVISOR) as one, office.browser(Role.COORDINATOR) as other:
        for browser in (one, other):
            await browser.look(page)
        await one.post(f"{page}/phone/propose")
        assert "A code was made" not in (await one.get(page)).text
        assert (await other.post(f"{page}/phone/confirm")).status_code == 200
        assert (await one.post(f"{page}/phone/propose")).status_code == 409
        shown = (await one.get(page)).text
        assert "A code was made and not used yet. A new one puts an end to it." in shown
        assert "Works once, until" in shown
        out = re.search(r'name="instead_of" value="([\w-]+)"', shown)
        assert out
        assert (await one.post(f"{page}/phone/propose", instead_of=out[1])).status_code == 303
        assert "Waits for a colleague" in (await one.get(page)).text


async def test_whoever_confirms_a_new_phone_twice_has_the_code_that_is_shown_last(
    office: Office,
) -> None:
    person = await office.person()
    confirm = f"/people/{person.id}/phone/confirm"
    async with office.browser(Role.SUPERVISOR) as one:
        await one.look(f"/people/{person.id}")
        await one.post(f"/people/{person.id}/phone/propose")
    async with office.browser(Role.COORDINATOR) as other:
        await other.look(f"/people/{person.id}")
        lost, last = [
            re.findall(r">(n-\w+)<", (await other.post(confirm)).text)[0] for _ in range(2)
        ]
        page = (await other.get(f"/people/{person.id}")).text
        assert "A code was made and not used yet." in page
        assert f'action="{confirm}"' in page
    assert lost != last
    async with office.database.begin(SERVICE) as session:
        with pytest.raises(InviteUnknown):
            await move_in(session, 4242, lost)
        assert (await move_in(session, 4242, last)).id == person.id


async def test_nothing_that_a_page_shows_anew_by_itself_changes_while_it_is_the_same(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        case = await claimed(office, browser)
        await office.case(await office.person(), "Hello?")
        await browser.post(f"/cases/{case.id}/write", words="I am here")
        for path, parts in (("/queue", "//*[@data-queue]"), (f"/cases/{case.id}", LIVING)):
            page = html.fromstring((await browser.get(path)).text)
            forms: Any = page.xpath(f"({parts})//form")
            assert forms
            assert not [form for form in forms if "once" in form.fields]
