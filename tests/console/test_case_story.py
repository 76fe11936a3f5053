"""What a case's page tells, and in what order; and services sent from it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from domain.check_ins.calling import tell_of_answer
from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from domain.identity.agreed_words import agree_on_words
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from domain.profiles.wishing import write_down
from domain.returnees.wishes import Place
from storage.kinds import CheckInState, MessageKind, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.check_ins import CheckIn
from storage.tables.directory import DirectoryService
from storage.tables.returnees import Returnee
from tests.console.conftest import Telegram
from tests.console.desk import closes
from tests.console.office import Office
from tests.domain.directory.samples import clinic, json_file
from tests.domain.media.samples import png


async def sends(office: Office, kind: MessageKind, body: Body) -> Case:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await keep_message(session, returnee, None, kind, body, session.now)
        return (await session.scalars(select(Case))).one()


CLINICS = (clinic(), clinic(id="second", name="Clinic <b>North</b>", assured_date=""))


async def directory(office: Office, *services: dict[str, Any]) -> None:
    async with office.database.begin(SERVICE) as session:
        reading = read_directory([json_file(list(services or CLINICS))])
        await import_directory(session, reading, "test", session.now)


async def test_a_service_is_found_from_the_case_and_sent_as_a_card(office: Office) -> None:
    await directory(office)
    case = await office.case(await office.person(), "I need a doctor")
    async with office.browser(Role.CASEWORKER) as browser:
        path = f"/cases/{case.id}"
        await browser.post(f"{path}/claim")
        page = (await browser.get(path, service="clinic")).text
        assert "Clinic of the Old Port" in page
        assert "Clinic &lt;b&gt;North&lt;/b&gt;" in page
        assert "Nobody said how old this is" in page
        service = re.findall(r'name="service" value="([\w-]{36})"', page)[0]
        assert (await browser.post(f"{path}/card", service=service)).status_code == 303
        page = (await browser.get(path)).text
        assert "The card of a service" in page
        (undo,) = re.findall(r'action="([^"]+take-back)"', page)
        assert '"words" name="words"' in (await browser.post(undo)).text
        for nonsense in ("", "clinic", str(case.id)):
            assert (await browser.post(f"{path}/card", service=nonsense)).status_code == 409
        assert "Nothing found" in (await browser.get(path, service="xyzzy")).text


async def test_a_caseworker_reads_what_a_service_asks_of_people_before_they_send_it(
    office: Office,
) -> None:
    asks = clinic(
        alert="Closed until the <tenth>",
        eligibility_description="Women with children",
        minimum_age="18",
        application_process="A letter of a doctor",
        required_documents=[{"document": "Passport"}],
        languages=[{"code": "uk"}],
        phones=[{"number": "+355 4 555 0101"}, {"number": "+355 4 555 0102", "type": "fax"}],
    )
    await directory(office, asks)
    case = await office.case(await office.person(), "I need a doctor")
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        page = (await browser.get(f"/cases/{case.id}", service="clinic")).text
    facts = re.sub(r"\s*<[^>]+>\s*", "|", page[page.index("What the directory says") :])
    assert "Closed until the &lt;tenth&gt;" in page
    assert "For whom||Women with children||Age||18+||" in facts
    assert "What to do first||A letter of a doctor||Papers to bring||Passport||" in facts
    assert "Languages||Ukrainian||Telephone||" in facts
    assert ("+355 4 555 0101" in page, "+355 4 555 0102" in page) == (True, False)


async def test_what_is_too_old_for_people_a_caseworker_finds_and_does_not_send(
    office: Office,
) -> None:
    await directory(office, clinic(assured_date="2019-01-01"))
    case = await office.case(await office.person(), "I need a doctor")
    async with office.browser(Role.CASEWORKER) as browser:
        path = f"/cases/{case.id}"
        await browser.post(f"{path}/claim")
        page = (await browser.get(path, service="clinic")).text
        assert "Clinic of the Old Port" in page
        assert "Too old to be shown" in page
        assert f"{path}/card" not in page
        async with office.database.begin(SERVICE) as session:
            service = str((await session.scalars(select(DirectoryService.id))).one())
        refused = await browser.post(f"{path}/card", service=service)
        assert refused.status_code == 409
        assert "Call there yourself first." in refused.text


async def test_a_caseworker_finds_only_what_is_open_now_if_they_want(office: Office) -> None:
    always = [{"freq": "WEEKLY", "opens_at": "00:00", "closes_at": "00:00"}]
    await directory(office, clinic(schedules=always), clinic(id="b", name="Lake", schedules=[]))
    case = await office.case(await office.person(), "I need a doctor")
    async with office.browser(Role.CASEWORKER) as browser:
        path = f"/cases/{case.id}"
        await browser.post(f"{path}/claim")
        page = (await browser.get(path, service="doctor")).text
        assert ("Old Port" in page, ">Lake<" in page) == (True, True)
        assert 'name="open_now" value="yes">' in page
        page = (await browser.get(path, service="doctor", open_now="yes")).text
        assert ("Old Port" in page, ">Lake<" in page) == (True, False)
        assert 'name="open_now" value="yes" checked>' in page
        page = (await browser.get(path, service="lake", open_now="yes")).text
        assert "Nothing found that is known to be open now." in page


async def test_what_is_only_where_it_is_not_safe_for_them_is_not_offered(office: Office) -> None:
    await directory(office)
    person = await office.person()
    case = await office.case(person, "I need a doctor")
    async with office.browser(Role.CASEWORKER) as browser:
        async with office.database.begin(SERVICE) as session:
            await write_down(session, browser.actor, person.id, None, [Place("AL")], [])
        await browser.post(f"/cases/{case.id}/claim")
        page = (await browser.get(f"/cases/{case.id}", service="clinic")).text
        assert "Clinic of the Old Port" not in page


async def test_contact_comes_first_then_why_then_their_words_then_the_story(
    office: Office,
) -> None:
    person = await office.person()
    case = await office.case(person, "Please write tonight", Severity.EMERGENCY, "fear.concern.x")
    async with office.database.begin(SERVICE) as session:
        session.add(
            CheckIn(
                organisation_id=office.organisation.id,
                returnee_id=person.id,
                version=1,
                questionnaire="safety-and-needs",
                state=CheckInState.SILENT,
                due_at=session.now,
                expires_at=session.now,
                sent_at=session.now - timedelta(days=2),
            )
        )
    async with office.browser(Role.CASEWORKER) as browser:
        async with office.database.begin(SERVICE) as session:
            await agree_on_words(session, browser.actor, person.id, "lantern", "river")
        page = (await browser.get(f"/cases/{case.id}")).text
    told = [
        "How to contact this person safely",
        "two words that say who is there",
        "Why it is there:",
        "Is afraid",
        "Please write tonight",
        "What happened",
        "Check-in without an answer",
        "Case opened",
    ]
    places = [page.index(each) for each in told]
    assert places == sorted(places)


async def test_a_picture_with_words_under_it_is_opened_from_the_case(
    office: Office, telegram: Telegram
) -> None:
    telegram.files["picture-1"] = png()
    case = await sends(office, MessageKind.PHOTO, {"text": "Look at this", "file_id": "picture-1"})
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get(f"/cases/{case.id}")).text
        assert "Look at this" in page
        [source] = set(re.findall(r'href="(/cases/[^"]+/recordings/[^"]+)"', page))
        assert (await browser.get(source)).content.startswith(png()[:8])
        assert "Nobody has heard this yet" not in (await browser.get(f"/cases/{case.id}")).text


@pytest.mark.parametrize("words", [{}, {"text": "Listen"}])
async def test_of_what_cannot_be_shown_somebody_says_that_they_looked_and_the_case_can_be_closed(
    office: Office, words: Body
) -> None:
    case = await sends(office, MessageKind.OTHER, words)
    async with office.browser(Role.CASEWORKER) as browser:
        path = f"/cases/{case.id}"
        await browser.post(f"{path}/claim")
        refused = await closes(browser, path)
        assert refused.status_code == 409
        page = (await browser.get(path)).text
        assert "Something that can&#39;t be shown here" in page
        [source] = set(re.findall(r'href="(/cases/[^"]+/recordings/[^"]+)"', page))
        assert (await browser.get(source)).headers["location"] == path
        page = (await browser.get(path)).text
        assert "Noted that you looked at it." in page
        assert "Nobody has heard this yet" not in page
        assert (await browser.get(source)).status_code == 404
        closed = await closes(browser, path)
        assert closed.headers["location"] == "/queue"


async def test_a_voice_note_says_until_when_somebody_must_have_heard_it(
    office: Office, telegram: Telegram
) -> None:
    case = await office.case(
        await office.person(), "voice-1", Severity.URGENT, "unread.voice", MessageKind.VOICE
    )
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get(f"/cases/{case.id}")).text
        assert re.search(r"Nobody has heard this yet</strong> · due in \d+ ", page)
        async with office.database.begin(SERVICE) as session:
            late = session.now - timedelta(minutes=30)
            await session.execute(update(Message).values(listen_by=late))
            assert await session.scalar(select(Message.heard_at)) is None
        page = (await browser.get(f"/cases/{case.id}")).text
        assert re.search(r"Nobody has heard this yet</strong> · late by \d+ ", page)


async def test_p13_a_case_of_silence_says_that_a_check_in_was_answered_and_what_that_does_not_prove(
    office: Office,
) -> None:
    person = await office.person()
    case = await office.case(person, severity=Severity.CONCERN, reason="check-in.silence")
    said = "On the phone one was answered since"
    async with office.browser(Role.CASEWORKER) as browser:
        assert said not in (await browser.get(f"/cases/{case.id}")).text
        async with office.database.begin(SERVICE) as session:
            await tell_of_answer(session, await session.get_one(Returnee, person.id))
        page = (await browser.get(f"/cases/{case.id}")).text
    assert said in page[: page.index("Who holds the phone")]
    assert "That proves neither who it was nor how they are." in page


async def test_that_somebody_was_asked_whether_it_is_safe_to_talk_stands_in_the_story(
    office: Office,
) -> None:
    case = await office.case(await office.person(), "I need a doctor")
    async with office.browser(Role.CASEWORKER) as browser:
        path = f"/cases/{case.id}"
        await browser.post(f"{path}/claim")
        before = (await browser.get(path)).text
        await browser.post(f"{path}/talk")
        page = (await browser.get(path)).text
    [line] = re.findall(r'<li class="happened" id="newest">(.*?)</li>', page)
    assert line.startswith("Asked whether it is safe to talk · ")
    assert "Asked whether it is safe to talk" not in before


async def test_a_caseworker_reads_which_words_of_the_case_are_answered(office: Office) -> None:
    person = await office.person()
    case = await office.case(person)
    long = "Is <it> you? " * 20
    async with office.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        for kind, body in (
            (MessageKind.TEXT, Body(text=long, number=7)),
            (MessageKind.PHOTO, Body(file_id="it", number=8)),
            (MessageKind.TEXT, Body(text="Who else?", number=9, answers=7)),
            (MessageKind.TEXT, Body(text="See there", number=10, answers=8)),
            (MessageKind.TEXT, Body(text="Nobody knows what", number=11, answers=3)),
        ):
            await keep_message(session, returnee, case, kind, body, session.now)
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get(f"/cases/{case.id}")).text
    answered = re.findall(r"In answer to: (.+?)</p>", page)

    quoted = '<q lang="sq" dir="auto">Is &lt;it&gt; you? '
    assert answered[0].startswith(quoted)
    assert answered[0].endswith(" …</q>")
    assert len(answered[0]) < len(long)
    assert answered[1:] == ["A picture or film"]
