"""What a frozen chat does: it says nothing, hears all, and calls people unseen."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from dialogs.presses import (
    AnswerQuestion,
    AskForCheckIn,
    AskForHuman,
    ChangeHours,
    InCountry,
    OpenCovered,
    ReviewConsent,
    ToMenu,
    WriteAgain,
)
from domain.calendar import FOR_EVER
from domain.casework.work import claim
from domain.distress import Watch
from domain.messages.sealing import body_of
from domain.notices import Notice
from domain.safety.outgoing import is_harmless
from domain.safety.screens import what_vanishes
from domain.staff import actor_of, add_staff
from storage.kinds import CaseState, Discretion, MessageKind, Role, Severity
from storage.outbox.contents import from_document
from storage.outbox.traces import leave_traces
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, CaseEvent
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety
from storage.tables.staff import Staff
from storage.tables.traces import Trace
from tests.bot.nights import what_leaves
from tests.domain.centre import Centre
from tests.handlers.cries import (
    EMERGENCY,
    all_arrives,
    cases,
    kept,
    notices,
    texts,
    words_from_a_caseworker,
)
from tests.handlers.editing import Sent
from tests.handlers.enrolling import enrol, invite, known_on
from tests.handlers.phone import Phone
from tests.handlers.stop_words import GREETING, REVEALING, WORD


async def test_p1_frozen_never_deafens(ready: Phone, database: Database) -> None:
    await ready.write(WORD)
    quiet = await ready.write("Is anybody reading this")
    loud = await ready.write(EMERGENCY)
    voice = await ready.write(voice={"file_id": "v", "file_unique_id": "v", "duration": 3})

    assert notices(quiet) == ["sign"]
    assert "may change" in quiet[0].text
    assert set(notices([*loud, *voice])) <= {"sign", "staff-alert"}
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    assert len(await kept(database)) == 3


async def test_p1_words_changed_to_help_in_a_frozen_chat_call_whoever_was_done_back(
    ready: Phone, database: Database, organisation: Organisation
) -> None:
    sent = Sent(ready)
    await ready.write(WORD)
    await sent.first(text="Good morning")
    await words_from_a_caseworker(database, organisation)
    await all_arrives(database)
    said = await sent.edit(text="/help")

    assert "help-asked" not in notices(said)
    [case] = await cases(database)
    assert case.state is CaseState.CLAIMED


async def test_p11_whoever_writes_again_is_answered_though_the_last_sign_came_too_late_to_go(
    ready: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    """Telegram took nothing for that chat all the while."""
    await ready.write(WORD)
    await ready.write("Is anybody reading this")
    clock.offset += timedelta(minutes=20)
    await ready.write("Is anybody reading this now")

    assert Notice.SIGN in await what_leaves(Centre(database, clock, organisation))


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.parametrize(
    ("pressed", "severity"), [("In danger now", Severity.EMERGENCY), ("Safe", Severity.URGENT)]
)
async def test_p1_what_is_pressed_below_an_old_question_is_heard_in_a_frozen_chat(
    ready: Phone, database: Database, pressed: str, severity: Severity, is_closed: bool
) -> None:
    """It came more than two days before, so Telegram does not let us take it away."""
    [question] = await ready.write("/checkin")
    await ready.write(WORD)
    if is_closed:
        async with database.begin(SERVICE) as session:
            await session.execute(update(Case).values(state="resolved", resolved_at=session.now))
    await all_arrives(database)
    said = await ready.press_data(question.data(pressed))

    assert "sign" in notices(said)
    assert set(notices(said)) <= {"sign", "staff-alert"}
    [case] = await cases(database)
    assert (case.state, case.severity) == (CaseState.OPEN, severity)


async def test_p9_an_answer_to_nobodys_question_is_refused_unseen_in_a_frozen_chat(
    ready: Phone, database: Database
) -> None:
    await ready.write(WORD)
    forged = AnswerQuestion(check_in=uuid4(), question="safety", choice="danger")
    await all_arrives(database)
    said = await ready.press_data(forged.pack())

    assert notices(said) == ["sign"]
    assert not ready.toast.alert


async def test_p1_a_cry_in_the_name_of_a_topic_is_heard_in_a_frozen_chat(
    ready: Phone, database: Database
) -> None:
    await ready.write(WORD)
    said = await ready.write(forum_topic_created={"name": EMERGENCY, "icon_color": 1})

    assert notices(said)[0] == "sign"
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    assert await texts(database) == [EMERGENCY]


async def test_p1_a_child_who_says_so_in_a_frozen_chat_is_known_as_one(
    ready: Phone, database: Database
) -> None:
    await ready.write(WORD)
    await ready.write("I am 15")

    assert (await known_on(database, ready)).said_child_at is not None


#: Of a case: how grave, why, and whether the watch decided that.
Line = tuple[Severity | None, list[str], bool]


async def signals(database: Database) -> list[Line]:
    wrote = CaseEvent.reasons.contains(["frozen.wrote"])
    async with database.begin(SERVICE) as session:
        events = await session.scalars(select(CaseEvent).where(wrote).order_by(CaseEvent.number))
        return [
            (event.severity, event.reasons[:-1], event.decided_by is not None) for event in events
        ]


@pytest.mark.parametrize(
    ("words", "severity", "has_case"),
    [
        ("I cannot sleep at night anymore", Severity.CONCERN, True),
        ("I cannot sleep at night anymore", Severity.CONCERN, False),
        (EMERGENCY, Severity.EMERGENCY, False),
    ],
)
async def test_a_frozen_chat_is_urgent_and_what_the_watch_made_of_it_stands_as_it_was(
    ready: Phone,
    database: Database,
    watch: Watch,
    words: str,
    severity: Severity,
    has_case: bool,
) -> None:
    await ready.write(WORD)
    if not has_case:
        async with database.begin(SERVICE) as session:
            await session.execute(delete(Case))
    await ready.write(words)

    heard = (severity, list(watch.assess(words).reasons), True)
    soon: list[Line] = [(Severity.URGENT, [], False)] if severity is Severity.CONCERN else []
    assert await signals(database) == [*soon, heard]
    [case] = await cases(database)
    assert case.severity is max(severity, Severity.URGENT, key=lambda each: each.rank)


async def test_p1_a_live_photo_in_a_frozen_chat_is_kept_and_what_stands_under_it_heard(
    ready: Phone, database: Database
) -> None:
    await ready.write(WORD)
    file = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
    await ready.write(live_photo=file | {"duration": 3}, photo=[file], caption=EMERGENCY)

    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    [message] = await kept(database)
    assert message.kind is MessageKind.PHOTO
    assert message.listen_by is not None


async def test_p1_when_its_case_was_closed_a_frozen_chat_opens_it_again(
    ready: Phone, database: Database, organisation: Organisation
) -> None:
    await ready.write(WORD)
    async with database.begin(SERVICE) as session:
        await session.execute(update(Case).values(state="resolved", resolved_at=session.now))
    await ready.write("I can write again now")

    [case] = await cases(database)
    assert case.state == "open"
    assert len(await kept(database)) == 1


@pytest.mark.parametrize(
    ("agreed", "of_nobody", "of_somebody"),
    [
        ("hours", "Opening hours may change.", "Opening hours are up to date."),
        # It is offered no more.
        ("greeting", "Thank you. Please look again later.", "Thank you. Have a good day."),
    ],
)
async def test_p11_the_agreed_sentence_says_whether_a_human_has_seen_it(
    ready: Phone,
    database: Database,
    organisation: Organisation,
    agreed: str,
    of_nobody: str,
    of_somebody: str,
) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(Safety).values(stop_signs=agreed))
    await ready.write(WORD)
    [nobody] = await ready.write("Are you there")
    [case] = await cases(database)
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.CASEWORKER)
        await claim(session, actor_of(await session.get_one(Staff, new.id)), case.id)
    await all_arrives(database)
    [somebody] = await ready.write("And now")

    assert nobody.text == of_nobody
    assert somebody.text == of_somebody


async def test_every_command_leads_to_the_harmless_menu(ready: Phone, database: Database) -> None:
    await ready.write(WORD)
    for command in ("/start", "/checkin", "/language", "/safety", "/privacy", "/stop"):
        await all_arrives(database)
        said = await ready.write(command)

        assert [each.text for each in said] == [GREETING], command
    assert (await known_on(database, ready)).frozen_at is not None


@pytest.mark.parametrize("words", ["/he is here", "/help he is at the door"])
async def test_p1_what_only_begins_like_a_command_is_kept_in_a_frozen_chat(
    ready: Phone, database: Database, words: str
) -> None:
    await ready.write(WORD)
    await ready.write(words)

    async with database.begin(SERVICE) as session:
        assert words in [
            (await body_of(session, message))["text"] for message in await kept(database)
        ]


async def test_the_list_of_places_remains(ready: Phone) -> None:
    await ready.write(WORD)
    [places] = await ready.press("Places")
    [again] = await ready.write("/services")

    assert "looking for" in places.text
    assert is_harmless(from_document(places.content))
    [menu] = await ready.press("Menu")
    assert menu.text == GREETING
    assert again.buttons


@pytest.mark.parametrize("written", ["/help", "/services /help"])
async def test_p1_help_in_a_frozen_chat_calls_a_human_and_shows_the_agreed_sentence(
    ready: Phone, database: Database, written: str
) -> None:
    await ready.write(WORD)
    [typed] = await ready.write(written)
    await all_arrives(database)
    pressed = await ready.press_data(AskForHuman().pack())

    assert typed.notice == "sign"
    assert notices(pressed) in (["sign"], [])
    async with database.begin(SERVICE) as session:
        reasons = await session.scalars(select(CaseEvent.reasons))
        assert ["asked.human"] in list(reasons)


@pytest.mark.parametrize("among_places", [False, True])
async def test_p9_no_old_or_forged_button_opens_anything_in_a_frozen_chat(
    ready: Phone, database: Database, organisation: Organisation, among_places: bool
) -> None:
    [safety_window] = await ready.write("/safety")
    old = list(safety_window.buttons.values())
    await ready.write(WORD)
    async with database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(paused_until=FOR_EVER))
    forged = [
        ToMenu().pack(),
        WriteAgain().pack(),
        AskForCheckIn().pack(),
        ReviewConsent().pack(),
        ChangeHours().pack(),
        OpenCovered(notice=Notice.CRISIS).pack(),
        OpenCovered(notice=Notice.STOP_WORD).pack(),
        InCountry(country="MA", back=Notice.CRISIS).pack(),
        "f:unfreeze",
        "x" * 64,
        "",
    ]
    for data in [*old, *forged]:
        if among_places:
            await ready.write("/services")
        await all_arrives(database)
        for said in await ready.press_data(data):
            assert is_harmless(from_document(said.content)), data
            assert not REVEALING.search(said.text), data
    person = await known_on(database, ready)
    assert person.frozen_at is not None
    assert person.paused_until == FOR_EVER
    assert person.time_zone == organisation.time_zone


async def test_a_frozen_phone_is_written_to_as_a_watched_one(
    ready: Phone, database: Database
) -> None:
    await ready.write(WORD)
    person = await known_on(database, ready)

    assert person.discretion is Discretion.OPEN
    [answer] = await ready.write("/hide")
    assert answer.text == "Hello. Send /start to begin."


@pytest.mark.parametrize("reads", ["Only I", "must not know"])
async def test_in_a_frozen_chat_the_menu_remains_and_what_was_written_there_vanishes(
    phone: Phone, database: Database, organisation: Organisation, reads: str
) -> None:
    await enrol(phone, await invite(database, organisation), reads=reads)
    async with database.begin(SERVICE) as session:
        person = await known_on(database, phone)
        known = await session.get_one(Returnee, person.id)
        known.frozen_at = session.now
        await leave_traces(session, [(person.chat_key, 901)])
    await phone.write("He took the keys")

    async with database.begin(SERVICE) as session:
        held = await session.scalars(select(OutboxRow.held).where(OutboxRow.held.is_not(None)))
        assert held.all() == ["vanishes"]
        known = await session.get_one(Returnee, person.id)
        vanishing = await what_vanishes(session, known)
        theirs = select(Trace.message_id).where(Trace.chat_key == person.chat_key, Trace.theirs)
        assert vanishing == sorted(set(await session.scalars(theirs)))
        assert 901 not in vanishing
