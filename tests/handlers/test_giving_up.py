"""What no handler can handle is put before a human, once (P1)."""

from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot.lanes.lanes import Lanes
from bot.metrics.metrics import Metrics
from dialogs.presses import AskForHuman
from domain.distress import Watch
from domain.lexicon.cache import Lexicons
from domain.messages.sealing import body_of
from domain.organisations import set_staff_chat
from domain.returnees.chats import returnee_of_chat
from domain.safety.screens import what_vanishes
from domain.staff import add_staff
from handlers.giving_up import hand_to_a_human
from storage.inbox.arrivals import take_in
from storage.inbox.failed import set_aside
from storage.kinds import CaseEventKind, Role, Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import CaseEvent, Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, WrappedKey
from storage.tables.service import DialogState
from storage.tables.staff import Staff
from tests.documents import content_of
from tests.handlers.conftest import NewPhone
from tests.handlers.cries import cases, heard
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone, handling
from tests.handlers.staff import GROUP, TOPIC, staff_phone
from tests.handlers.stop_words import WORD, chooses

WORDS = "When do you open tomorrow?"


@pytest.fixture
async def enrolled(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    await enrol(phone, await invite(database, organisation))
    return phone


async def given_up(phone: Phone, watch: Watch | None, *, watched: bool = False) -> None:
    update = {"update_id": 1, "message": phone.message(text=WORDS)}
    async with phone.database.begin(SERVICE) as session:
        await hand_to_a_human(session, update, watched=watched, ear=watch, lexicons=Lexicons())


def in_a_list(text: Any) -> dict[str, Any]:
    item = {"blocks": [{"type": "paragraph", "text": text}]}
    return {"rich_message": {"blocks": [{"type": "list", "items": [item]}]}}


async def signals(database: Database) -> list[tuple[CaseEventKind, Severity | None]]:
    async with database.begin(SERVICE) as session:
        told = select(CaseEvent.kind, CaseEvent.severity).where(CaseEvent.severity.is_not(None))
        return [(kind, severity) for kind, severity in await session.execute(told)]


async def kept(database: Database) -> list[str]:
    async with database.begin(SERVICE) as session:
        return [
            (await body_of(session, message))["text"]
            for message in await session.scalars(select(Message))
        ]


async def test_p1_what_nobody_could_read_is_one_urgent_signal_with_its_words(
    enrolled: Phone, database: Database
) -> None:
    await given_up(enrolled, None)

    assert await signals(database) == [(CaseEventKind.OPENED, Severity.URGENT)]
    assert await kept(database) == [WORDS]


async def test_p1_what_the_watch_itself_fails_at_is_one_urgent_signal_with_its_words(
    enrolled: Phone, database: Database, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("nobody can read this")

    monkeypatch.setattr(Watch, "assess", fail)
    await given_up(enrolled, watch)

    assert await signals(database) == [(CaseEventKind.OPENED, Severity.URGENT)]
    assert await kept(database) == [WORDS]


async def test_p1_what_was_read_and_not_handled_is_one_signal_of_concern_with_its_words(
    enrolled: Phone, database: Database, watch: Watch
) -> None:
    await given_up(enrolled, watch)

    [case] = await cases(database)
    assert case.severity is Severity.CONCERN
    assert await signals(database) == [(CaseEventKind.OPENED, Severity.CONCERN)]
    assert await kept(database) == [WORDS]


async def test_what_the_watch_had_found_already_is_one_more_signal(
    enrolled: Phone, database: Database, watch: Watch
) -> None:
    await given_up(enrolled, watch, watched=True)

    assert await signals(database) == [(CaseEventKind.OPENED, Severity.CONCERN)]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("pressed", [True, False])
async def test_p1_who_asked_for_somebody_is_no_less_urgent_because_it_failed(
    phone: Phone, database: Database, organisation: Organisation, known: bool, pressed: bool
) -> None:
    if known:
        await enrol(phone, await invite(database, organisation))
    asked: dict[str, Any] = {"message": phone.message(text="/help")}
    if pressed:
        below = phone.message(text="…")
        asked = {"callback_query": {"id": "1", "from": phone.user, "chat_instance": "1",
                                    "message": below, "data": AskForHuman().pack()}}  # fmt: skip
    async with database.begin(SERVICE) as session:
        given = {"update_id": 1, **asked}
        await hand_to_a_human(session, given, watched=False, ear=phone.watch, lexicons=Lexicons())

    [case] = await cases(database)
    assert (case.severity, case.alerts_sent) == (Severity.URGENT, 1)


@pytest.mark.parametrize("known", [True, False])
async def test_p1_what_somebody_asked_for_in_several_pieces_is_as_urgent_and_its_words_are_kept(
    phone: Phone, database: Database, organisation: Organisation, known: bool
) -> None:
    """Such as in a list, of which Telegram says no text."""
    if known:
        await enrol(phone, await invite(database, organisation))
    pieces = [{"type": "paragraph", "text": text} for text in ("they came again", "please /help")]
    asked = phone.message(rich_message={"blocks": pieces})
    async with database.begin(SERVICE) as session:
        given = {"update_id": 1, "message": asked}
        await hand_to_a_human(session, given, watched=False, ear=None, lexicons=Lexicons())

    [case] = await cases(database)
    assert (case.severity, case.alerts_sent) == (Severity.URGENT, 1)
    assert await kept(database) == ["they came again please /help"]


async def test_p1_what_is_nested_too_deep_for_anybody_is_put_before_a_human(
    enrolled: Phone, database: Database, watch: Watch
) -> None:
    text: Any = "I am well"
    for _ in range(2_000):
        text = {"type": "bold", "text": text}
    async with database.begin(SERVICE) as session:
        given = {"update_id": 1, "message": enrolled.message(**in_a_list(text))}
        await hand_to_a_human(session, given, watched=False, ear=watch, lexicons=Lexicons())

    [case] = await cases(database)
    assert case.severity is Severity.URGENT


@pytest.mark.parametrize("key_opens", [True, False])
async def test_p10_an_edit_that_nobody_could_read_goes_where_its_original_went(
    enrolled: Phone, database: Database, organisation: Organisation, key_opens: bool
) -> None:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.SAFEGUARDING)
        keeper = await session.get_one(Staff, new.id)
    await enrolled.write("/help")
    await enrolled.press("About somebody who helps me")
    first = enrolled.message(text="Vera asks me for money")
    await enrolled.send(message=first)
    await enrolled.press("That is all")
    if not key_opens:
        async with database.begin(SERVICE) as session:
            await session.execute(update(WrappedKey).values(wrapped=_NOISE))
    edit = first | {"text": "Vera took my money", "edit_date": 100}
    async with database.begin(SERVICE) as session:
        given = {"update_id": 1, "edited_message": edit}
        await hand_to_a_human(session, given, watched=False, ear=None, lexicons=Lexicons())

    [case] = await cases(database)
    assert case.severity is Severity.URGENT
    assert await kept(database) == []
    if key_opens:
        assert ["Vera took my money"] in await heard(database, keeper)


_NOISE = b"\0\1noise"


async def sent_through_the_lanes(phone: Phone, **what: Any) -> None:
    """And tried as often as it fails."""
    raw = {"update_id": 100_000, **what}
    async with phone.database.begin(SERVICE) as session:
        await take_in(session, [raw])
    lanes = Lanes(phone.database, handling(phone.watch), Metrics())
    for _ in range(5):
        while await lanes.handle_one():
            pass
        async with phone.database.begin(SERVICE) as session:
            await session.execute(text("UPDATE inbox SET retry_at = clock_timestamp()"))


async def test_p1_whoever_s_key_does_not_open_has_a_case_all_the_same(
    enrolled: Phone, database: Database
) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(WrappedKey).values(wrapped=_NOISE))
    await sent_through_the_lanes(enrolled, message=enrolled.message(text="he wants to kill me"))

    [case] = await cases(database)
    assert (case.severity, case.alerts_sent) == (Severity.URGENT, 1)
    assert "not-done" in await notices(database)


@pytest.mark.parametrize("press", [False, True])
async def test_p1_whoever_s_chat_does_not_open_is_answered_as_ever_since_they_write_from_there(
    enrolled: Phone, database: Database, press: bool
) -> None:
    """They are found by its hash, so its number is known again."""
    async with database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(chat=_NOISE))
    if press:
        await enrolled.press_data(AskForHuman().pack())
    else:
        words = enrolled.message(text="he wants to kill me")
        await sent_through_the_lanes(enrolled, message=words)

    [case] = await cases(database)
    assert case.severity is (Severity.URGENT if press else Severity.EMERGENCY)
    assert ("help-asked" if press else "crisis") in await notices(database)
    async with database.begin(SERVICE) as session:
        assert await set_aside(session) == []


@pytest.mark.parametrize(
    ("odd", "severity"),
    [
        ({"message_id": 2**70}, Severity.EMERGENCY),
        # Of which aiogram can't read the rest either.
        ({"date": -(10**20)}, Severity.URGENT),
    ],
)
async def test_p1_a_cry_with_a_number_that_is_none_of_telegrams_is_put_before_a_human(
    enrolled: Phone, database: Database, odd: dict[str, int], severity: Severity
) -> None:
    cry = enrolled.message(text="he wants to kill me") | odd
    await sent_through_the_lanes(enrolled, message=cry)

    [case] = await cases(database)
    assert case.severity is severity


async def notices(database: Database) -> list[str]:
    async with database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
        return [content_of(row, session.keys).get("notice", "") for row in rows]


async def test_p1_what_a_chats_dialogs_remember_and_no_key_opens_holds_no_message_up(
    enrolled: Phone, database: Database
) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(DialogState).values(data=_NOISE))
    await sent_through_the_lanes(enrolled, message=enrolled.message(text="he wants to kill me"))

    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    async with database.begin(SERVICE) as session:
        assert await set_aside(session) == []


async def test_whoever_writes_in_a_cases_topic_is_told_there_that_it_did_not_work(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    async with database.begin(SERVICE) as session:
        set_staff_chat(session, await session.get_one(Organisation, organisation.id), GROUP)
    chat = {"id": GROUP, "type": "supergroup", "title": "Team"}
    words = {"text": "Hello", "message_thread_id": TOPIC, "is_topic_message": True}
    message = worker.message(**words) | {"chat": chat}
    async with database.begin(SERVICE) as session:
        given = {"update_id": 1, "message": message}
        await hand_to_a_human(session, given, watched=False, ear=worker.watch, lexicons=Lexicons())

    async with database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.number))
        said = content_of(rows.all()[-1], session.keys)
        assert (said["notice"], said["thread"]) == ("staff-refused", TOPIC)


async def test_what_is_given_up_in_a_frozen_chat_vanishes_too(
    enrolled: Phone, database: Database, watch: Watch
) -> None:
    await chooses(enrolled)
    await enrolled.write(WORD)
    message = enrolled.message(text=WORDS)
    async with database.begin(SERVICE) as session:
        given = {"update_id": 1, "message": message}
        await handling(watch).give_up(session, given, watched=False, deadly=False)

    async with database.begin(SERVICE) as session:
        returnee = await returnee_of_chat(session, enrolled.user_id)
        assert returnee is not None
        assert message["message_id"] in await what_vanishes(session, returnee)


async def test_p1_a_cry_whose_first_half_was_given_up_is_read_as_one(
    enrolled: Phone, database: Database, watch: Watch
) -> None:
    message = enrolled.message(text="He wants to")
    async with database.begin(SERVICE) as session:
        given = {"update_id": 1, "message": message}
        await handling(watch).give_up(session, given, watched=False, deadly=False)
    await enrolled.write("kill me")

    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY


async def chooses_ukrainian(phone: Phone) -> None:
    """A stranger on a phone that speaks English."""
    await phone.write("/start")
    await phone.press("Українська")


async def said_to_whom_it_failed(phone: Phone, **what: Any) -> list[str]:
    """In which languages, in the order in which it goes out."""
    async with phone.database.begin(SERVICE) as session:
        given = {"update_id": 1, **what}
        await handling(phone.watch).give_up(session, given, watched=False, deadly=False)
    async with phone.database.begin(SERVICE) as session:
        rows = await session.scalars(
            select(OutboxRow).where(OutboxRow.content.is_not(None)).order_by(OutboxRow.number)
        )
        said = [content_of(row, session.keys) for row in rows]
    return [each["language"] for each in said if each.get("notice") == "not-done"]


async def test_p1_a_stranger_for_whom_it_failed_reads_so_in_the_language_that_they_chose(
    phone: Phone,
) -> None:
    await chooses_ukrainian(phone)
    assert await said_to_whom_it_failed(phone, message=phone.message(text=WORDS)) == ["uk"]


async def test_a_press_that_failed_is_answered_in_the_language_of_the_phone(
    new_phone: NewPhone,
) -> None:
    phone = new_phone(1002)
    phone.language_code = "uk"
    query = {"id": "1", "from": phone.user, "message": phone.message(text="…"), "data": "x"}
    assert await said_to_whom_it_failed(phone, callback_query=query) == ["uk"]


async def test_p1_a_strangers_cry_that_no_handler_handled_is_answered_in_the_language_they_chose(
    phone: Phone, database: Database
) -> None:
    await chooses_ukrainian(phone)
    await said_to_whom_it_failed(phone, message=phone.message(text="he wants to kill me"))

    [case] = await cases(database)
    assert case.language == "uk"
