"""Whoever is kept apart from a person, steps back, or reads what nobody has to work on."""

import re
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bot.delivery.outcome import Taken, failed
from console.routing import Page
from domain.casework.work import claim
from domain.distress import Assessment
from domain.messages.body import Body
from domain.privacy.asking import ask_to_be_forgotten
from domain.privacy.erasing import erase_next
from domain.queue.lines import Part
from domain.returnees.enrolments import pseudonym_of
from domain.safeguarding.complaints import hear_in_confidence
from domain.safeguarding.confided import answer_in_confidence
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.passing_on import pass_on
from storage.kinds import ConflictKind, MessageKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, Conflict
from tests.console.conftest import Telegram
from tests.console.desk import as_read, closes
from tests.console.everything import (
    STAFF_PAGES,
    everything_of,
    looked_at,
    may,
    named,
)
from tests.console.office import Browser, Office

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
        await closes(browser, f"/cases/{case.id}")
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


async def test_that_something_was_told_stays_on_the_page_when_the_person_is_forgotten(
    office: Office,
) -> None:
    person, vera = await office.person(), await office.colleague(Role.CASEWORKER)
    async with office.database.begin(SERVICE) as session:
        await pass_on(session, vera.actor, person.id, "Not Samir.")
        [code] = (await session.scalars(select(Complaint.code))).all()
        returnee = await session.get_one(Returnee, person.id)
        pseudonym = await pseudonym_of(session, vera.actor, person.id)
        await ask_to_be_forgotten(session, returnee)
    async with office.browser(Role.SAFEGUARDING) as browser:
        assert "Gone before" not in (await browser.get("/safeguarding")).text
        for _ in range(3):
            async with office.database.begin(SERVICE) as session:
                await erase_next(session)
        page = (await browser.get("/safeguarding")).text
    assert "Gone before they were closed" in page
    assert code in page
    assert pseudonym not in page


async def test_p2_a_recording_told_in_confidence_is_heard_as_in_a_case_before_it_is_closed(
    office: Office, telegram: Telegram
) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        for kind, sent in ((MessageKind.VOICE, Body(file_id="it")), (MessageKind.OTHER, Body())):
            complaint = await hear_in_confidence(session, returnee, kind, sent, Severity.NONE)
    page, unheard = f"/complaints/{complaint.id}", "Nobody has heard this yet"
    async with office.browser(Role.SAFEGUARDING) as browser:

        async def closes_it() -> int:
            read = as_read((await browser.get(page)).text)
            return (await browser.post(f"{page}/close", read=read)).status_code

        shown = (await browser.get(page)).text
        voice, other = re.findall(rf'(?:src|href)="({page}/recordings/[^"]+)"', shown)
        assert len(re.findall(rf"{unheard}</strong> · due in ", shown)) == 2
        assert await closes_it() == 409
        # Neither what Telegram keeps back, nor a link from elsewhere.
        assert (await browser.get(voice)).status_code == 409
        telegram.files["it"] = b"OggS"
        came = await browser.client.get(voice, headers={"Sec-Fetch-Site": "cross-site"})
        assert came.headers["location"] == page
        assert (await browser.get(page)).text.count(unheard) == 2
        assert (await browser.get(voice)).content == b"OggS"
        assert (await browser.get(page)).text.count(unheard) == 1
        assert (await browser.get(other)).headers["location"] == page
        assert unheard not in (await browser.get(page)).text
        assert await closes_it() == 303


@pytest.mark.parametrize("body", [{}, {"text": "Look"}])
async def test_that_something_was_confided_that_cannot_be_shown_is_said(
    office: Office, body: Body
) -> None:
    person = await office.person()
    async with office.browser(Role.SAFEGUARDING) as browser:
        async with office.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            await hear_in_confidence(session, returnee, MessageKind.OTHER, body, Severity.NONE)
            complaint = (await session.scalars(select(Complaint))).one()
        page = (await browser.get(f"/complaints/{complaint.id}")).text

    assert "Something that can&#39;t be shown here" in page


async def test_p2_an_answer_that_never_arrives_is_marked_on_the_complaints_page(
    office: Office,
) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        told = Body(text="She asks me for money")
        await hear_in_confidence(session, returnee, MessageKind.TEXT, told, Severity.NONE)
        complaint = (await session.scalars(select(Complaint))).one()
    async with office.browser(Role.SAFEGUARDING) as browser:
        page = f"/complaints/{complaint.id}"
        waits = re.compile(r'href="/safeguarding"[^<]*<svg.*?</svg>Safeguarding <span[^>]*>1<')
        assert waits.search((await browser.get("/queue")).text)
        read = as_read((await browser.get(page)).text)
        await browser.post(f"{page}/answer", words="When was that?", read=read)
        assert not waits.search((await browser.get("/queue")).text)
        assert "On its way" in (await browser.get(page)).text
        async with office.database.begin(SERVICE) as session:
            answers = select(OutboxRow).where(OutboxRow.returnee_id == person.id)
            answer = (await session.scalars(answers.order_by(OutboxRow.number.desc()))).first()
            assert answer is not None
            await failed(session, Taken(answer.id, answer.fence), "blocked")

        assert "Not delivered" in (await browser.get(page)).text


async def test_p2_what_came_since_somebody_looked_is_read_before_a_complaint_is_answered_or_closed(
    office: Office,
) -> None:
    person = await office.person()

    async def tells(number: int, words: str) -> None:
        async with office.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            told = Body(text=words, number=number)
            await hear_in_confidence(session, returnee, MessageKind.TEXT, told, Severity.NONE)

    await tells(1, "She asks me for money")
    async with office.database.begin(SERVICE) as session:
        complaint = (await session.scalars(select(Complaint))).one()
    async with office.browser(Role.SAFEGUARDING) as browser:
        page = f"/complaints/{complaint.id}"
        browser.client.headers["Referer"] = f"{office.settings.public_url}{page}"
        forms: list[tuple[str, dict[str, str]]] = [
            ("/answer", {"words": "When was that?"}),
            ("/close", {}),
        ]
        for number, (form, typed) in enumerate(forms, 2):
            read = as_read((await browser.get(page)).text)
            await tells(number, f"He comes tonight, {number}")
            refused = await browser.post(f"{page}{form}", read=read, **typed)
            assert refused.status_code == 409
            for each in ("Something new has come since", f"tonight, {number}", *typed.values()):
                assert each in refused.text
            done = await browser.post(f"{page}{form}", read=as_read(refused.text), **typed)
            assert done.headers["location"] == page


async def test_p2_only_where_it_was_confided_a_child_is_called_one_until_safeguarding_calls(
    office: Office,
) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        heard = Assessment(Severity.URGENT, ask=False, reasons=("minor.young",))
        told = Body(text="I am 15")
        await answer_in_confidence(session, returnee, heard, told, MessageKind.TEXT)
        complaint = (await session.scalars(select(Complaint))).one()
    says = "They say that they are a child"
    async with office.browser(Role.SUPERVISOR) as team, office.browser(Role.SAFEGUARDING) as keeper:
        assert says not in (await team.look(f"/people/{person.id}")).text
        assert says in (await keeper.get(f"/complaints/{complaint.id}")).text
        done = await keeper.post(f"/complaints/{complaint.id}/child")
        page = (await keeper.get(done.headers["location"])).text

        assert "Whoever looks after children is called." in page
        assert says not in page
        assert says in (await team.look(f"/people/{person.id}")).text
