"""A copy of what is kept is whole, readable in every language, and can't be made to do anything."""

import html
import json
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from dialogs.texts import Texts
from dialogs.words.copy_page import machine_readable, page
from domain.check_ins.answers import keep_answer
from domain.check_ins.asking import ask_check_in
from domain.check_ins.silence import give_up_waiting
from domain.consent import give_consent
from domain.consent.ledger import Shown
from domain.consent.turning_points import expect_majority
from domain.messages.body import Body, Cry
from domain.messages.keeping import change_body
from domain.pathways.placing import Place, put
from domain.pathways.telling import words_of
from domain.pathways.values import Anchor
from domain.privacy.copying import copy_of
from domain.questionnaires.importing import take_in
from domain.retention_periods import Kind
from domain.safeguarding.complaints import hear_in_confidence
from domain.safety.window import Window, choose_window
from locales.catalogues import LANGUAGES, Catalogues
from storage.kinds import (
    AgeBand,
    CheckInState,
    Discretion,
    MessageKind,
    OutboxState,
    Purpose,
    Role,
    Severity,
)
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Message
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.pathways import Information
from storage.tables.returnees import Returnee, Safety, WrappedKey
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.check_ins.silent import tick_at
from tests.domain.checking_in import add_person, open_office
from tests.domain.privacy.canaries import NOTE, REPLY, WORDS, Somebody, somebody
from tests.domain.questionnaires.forms.sheets import HEALTH, form

HOSTILE = "<script>alert(1)</script> \u202e {{ 7 * 7 }} \ud800 مرحبا 🙂"


@pytest.fixture
async def amal(database: Database, clock: Clock) -> Somebody:
    return await somebody(database, clock)


def texts(language: str) -> Texts:
    return Texts(language, Discretion.OPEN, Catalogues.load().of(language))


@pytest.mark.parametrize("language", ["en", "ar", "uk"])
async def test_p6_a_copy_holds_what_was_said_and_answered_but_no_notes_of_staff(
    database: Database, amal: Somebody, language: str
) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).values(state=OutboxState.SENT))
        copy = await copy_of(session, await session.get_one(Returnee, amal.returnee.id))
    read = page(copy, texts(language)).decode()

    assert WORDS in read
    assert REPLY in read
    assert NOTE not in read
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in read
    assert amal.canaries["pseudonym"] not in read
    found = json.loads(machine_readable(copy))
    assert [said["text"] for said in found["said"]] == [WORDS, REPLY]
    assert found["answered"][0]["choice"] == "unsafe"


async def test_p6_a_copy_reads_itself_and_runs_nothing(database: Database, clock: Clock) -> None:
    centre = await Centre.open(database, clock)
    person = await centre.person()
    await centre.signal(person)
    await centre.hears(person, HOSTILE)
    async with centre.database.begin(SERVICE) as session:
        copy = await copy_of(session, await session.get_one(Returnee, person.id))
    for language in LANGUAGES:
        read = page(copy, texts(language)).decode()
        assert "<script" not in read
        assert "&lt;script&gt;" in read
        assert "49" not in re.sub(r"<[^>]+>", "", read).split("alert(1)")[1][:40]
        assert not re.search(r"https?://|src=|@import|url\(", read)
    assert json.loads(machine_readable(copy))


async def test_p6_a_copy_holds_what_they_read_before_they_agreed(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    person = await centre.person()
    shown = Shown("3-notice", "Little is kept.\n\nMay I & mine?")
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await give_consent(session, returnee, Purpose.VOICE, True, shown)
        copy = await copy_of(session, returnee)

    made = page(copy, texts("en")).decode()
    [line] = [line for line in made.split("<li>") if "Voice and pictures are kept" in line]
    assert "Little is kept.\n\nMay I &amp; mine?" in line, "beside what was agreed to"
    found = json.loads(machine_readable(copy))
    [read] = found["read"]
    assert (read["words"], read["version"]) == (shown.words, "3-notice")
    assert found["agreed"][-1]["text"] == read["text"]


async def test_p6_a_copy_says_on_which_days_we_may_write_and_has_no_empty_part(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    person = await centre.person()
    async with database.begin(SERVICE) as session:
        await choose_window(session, person.id, Window(days=frozenset({0, 2})))
        copy = await copy_of(session, await session.get_one(Returnee, person.id))
    made = page(copy, texts("en")).decode()

    assert "Mon, Wed" in made
    assert "What was said" not in made


async def test_p6_a_copy_counts_what_is_kept(database: Database, amal: Somebody) -> None:
    async with database.begin(SERVICE) as session:
        kept = (await copy_of(session, await session.get_one(Returnee, amal.returnee.id))).kept

    assert (kept.messages, kept.notes, kept.cases) == (2, 1, 1)
    assert kept.organisations == ["Tirana"]
    assert kept.days[Kind.WORDS] == 180


@pytest.mark.parametrize("language", ["en", "ary"])
async def test_p6_a_copy_says_which_pathway_they_are_on_and_when_they_are_asked(
    database: Database, clock: Clock, language: str
) -> None:
    centre = await Centre.open(database, clock)
    person = await centre.person()
    vera = await centre.colleague()
    async with database.begin(centre.organisation.id) as session:
        today = session.now.date()
        there = Place("three-months", {Anchor.ARRIVAL: today})
        await put(session, vera, person.id, there, {})
    async with database.begin(SERVICE) as session:
        copy = await copy_of(session, await session.get_one(Returnee, person.id))

    said = texts(language)
    read = page(copy, said).decode()
    for words in ("Your pathway", "Day of arrival", "Check-ins", "to come"):
        assert said.catalogue.gettext(words) in read
    found = json.loads(machine_readable(copy))
    [journey] = found["journeys"]
    assert journey["days"] == {"arrival": today.isoformat()}
    assert journey["organisation"] == centre.organisation.name
    assert {each["state"] for each in found["check_ins"]} == {"planned"}
    assert len(found["check_ins"]) > 1


async def test_a_copy_says_of_questions_that_were_left_open_that_they_were_begun(
    database: Database, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 700_001)
        assert await ask_check_in(session, person)
    await tick_at(database, clock, MORNING + timedelta(days=8))
    async with database.begin(SERVICE) as session:
        assert await give_up_waiting(session) == 1
        copy = await copy_of(session, await session.get_one(Returnee, person.id))

    read = page(copy, texts("en")).decode()
    assert "begun" in read
    assert "not asked" not in read


async def test_p6_a_copy_shows_all_that_they_ticked_in_the_words_that_they_read(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    person = await centre.person()
    async with database.begin(SERVICE) as session:
        await take_in(session, centre.organisation.id, form(HEALTH))
        check_in = CheckIn(
            organisation_id=centre.organisation.id,
            returnee_id=person.id,
            version=1,
            questionnaire="first-days@1",
            state=CheckInState.ANSWERED,
            due_at=session.now,
            expires_at=session.now,
        )
        session.add(check_in)
        await session.flush()
        for question, said in {"needs": "school home", "mood": "7", "words": "It was warm"}.items():
            await keep_answer(session, check_in, question, said, None)
        copy = await copy_of(session, await session.get_one(Returnee, person.id))

    for language, ticked in {"en": "School, A home", "ar": "مدرسة, بيت"}.items():
        read = page(copy, texts(language)).decode()
        shown = re.findall(r"<strong>(.+?)</strong>", read)
        assert {ticked, "7", "It was warm"} <= set(shown)
    assert "school home" not in read
    kept = {each["choice"] for each in json.loads(machine_readable(copy))["answered"]}
    assert kept == {"school home", "7", "It was warm"}


async def test_p6_a_copy_holds_what_the_team_wrote_down_and_says_what_it_leaves_out(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    person, coordinator = await centre.person(), await centre.colleague(Role.COORDINATOR)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        returnee.age_band, returnee.shared_phone = AgeBand.YOUTH, True
        await expect_majority(session, coordinator, person.id, date(2099, 5, 1))
        body = Body(text="Vera wants money", number=3)
        await hear_in_confidence(session, returnee, MessageKind.TEXT, body, Severity.NONE)
        copy = await copy_of(session, returnee)

    read = page(copy, texts("en")).decode()
    for there in ("15 to 17", "18: May 2099", "Shared phone</dt><dd>Yes", "Write to me once"):
        assert there in read, there
    found = json.loads(machine_readable(copy))
    assert found["expected"]["turns_18"] == "2099-05-01"
    # Whoever looks on must not learn that there is any.
    assert "Vera wants money" not in read + json.dumps(found)
    assert "in confidence" in read
    assert "How urgent your talks were to the team" in read
    assert found["left_out"] == [
        "notes-of-the-team",
        "words-that-did-not-reach-them",
        "how-talks-were-judged-and-what-is-planned",
        "told-in-confidence",
        "number-of-the-teams-own-file",
    ]


async def test_p6_p11_a_copy_holds_no_words_that_have_not_reached_them_and_says_so(
    database: Database, clock: Clock
) -> None:
    """Those for a later day would come before their time, and what was stopped nobody says."""
    centre = await Centre.open(database, clock)
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    for words, state, number in (
        ("I am here.", OutboxState.SENT, 5),
        ("I come at nine.", OutboxState.HELD, None),
        ("Go to him.", OutboxState.FAILED, None),
        ("Taken off again, unopened.", OutboxState.FAILED, 6),
    ):
        message = await centre.writes(vera, case, words)
        async with database.begin(SERVICE) as session:
            row = await session.get_one(OutboxRow, message.outbox_id)
            row.state, row.message_id = state, number
    async with database.begin(SERVICE) as session:
        copy = await copy_of(session, await session.get_one(Returnee, case.returnee_id))

    found = json.loads(machine_readable(copy))
    assert [said["text"] for said in found["said"]] == ["I am here.", "Taken off again, unopened."]
    assert "Messages from the team that have not reached you" in page(copy, texts("en")).decode()


async def test_p6_a_copy_holds_a_cry_that_an_edit_took_out_and_says_where_the_team_spoke(
    database: Database, clock: Clock
) -> None:
    """A recording of the team has no words."""
    centre = await Centre.open(database, clock)
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    message = await centre.hears(person, "All is well")
    spoken = await centre.writes(vera, case, "I am here.")
    assert message is not None
    async with database.begin(SERVICE) as session:
        cries: list[Cry] = [{"text": f"He beats me{sign}", "edited": 0} for sign in ("", "!", "!")]
        edited = Body(text="All is well", earlier=cries)
        await change_body(session, await session.get_one(Message, message.id), edited)
        voice = Body(text="", audio="T2dnUw==")
        await change_body(session, await session.get_one(Message, spoken.id), voice)
        await session.execute(update(OutboxRow).values(state=OutboxState.SENT))
        copy = await copy_of(session, await session.get_one(Returnee, person.id))

    read = page(copy, texts("en")).decode()
    said = re.sub(r"<[^>]+>", "", read.split("What was said")[1])
    assert re.findall(r"You|The team|He beats me!?|All is well|\(a recording", said) == [
        *("You", "He beats me", "He beats me!", "All is well"),
        *("The team", "(a recording"),
    ]
    found = json.loads(machine_readable(copy))
    assert found["said"][0]["earlier"] == ["He beats me", "He beats me!"]


@pytest.mark.parametrize("language", ["en", "uk"])
async def test_p6_a_copy_holds_what_a_pathway_told_them_and_not_what_it_will(
    database: Database, clock: Clock, language: str
) -> None:
    centre = await Centre.open(database, clock)
    person, vera = await centre.person(), await centre.colleague()
    async with database.begin(centre.organisation.id) as session:
        there = Place("three-months", {Anchor.ARRIVAL: session.now.date()})
        await put(session, vera, person.id, there, {})
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert (await copy_of(session, returnee)).told == []
        await session.execute(update(Information).values(state=CheckInState.SENT))
        copy = await copy_of(session, returnee)
        information = (await session.scalars(select(Information))).one()
        words = await words_of(session, information.id, returnee)

    said = texts(language)
    assert html.escape(said.said(words)) in page(copy, said).decode().replace("&#39;", "&#x27;")
    [told] = json.loads(machine_readable(copy))["told"]
    assert told["words"]["text"] == words.text


@pytest.mark.parametrize("whole_key", [False, True])
async def test_p6_what_no_key_opens_is_said_to_be_missing_and_the_rest_is_given(
    database: Database, amal: Somebody, whole_key: bool
) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).values(state=OutboxState.SENT))
        first = select(func.min(Message.number)).scalar_subquery()
        damaged = update(Message).where(Message.number == first).values(body=b"damaged")
        await session.execute(damaged.execution_options(synchronize_session=False))
        await session.execute(update(Answer).values(body=b"damaged"))
        await session.execute(update(Safety).values(window=b"damaged", wishes=b"damaged"))
        if whole_key:
            await session.execute(update(WrappedKey).values(wrapped=b"damaged"))
    async with database.begin(SERVICE) as session:
        copy = await copy_of(session, await session.get_one(Returnee, amal.returnee.id))

    read = page(copy, texts("en")).decode()
    assert read.count("(this can&#39;t be opened any more)") == (3 if whole_key else 2)
    assert "is missing here: ask for a person" in read
    assert (REPLY in read) is not whole_key
    found = json.loads(machine_readable(copy))
    assert found["unopened"] == ["window", "wishes"]
    assert [said["opens"] for said in found["said"]] == [False, not whole_key]
    assert [answered["opens"] for answered in found["answered"]] == [False]
