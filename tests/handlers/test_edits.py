"""An edit is read like a message, and changes the words that are kept, whichever comes first."""

from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import delete, select, update

from domain.messages.body import Body
from domain.messages.edits import early_edit, merged
from domain.messages.sealing import body_of
from storage.kinds import CaseState, MessageKind, Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case, Message
from storage.tables.organisations import Organisation
from tests.handlers import forms
from tests.handlers.conftest import NewPhone
from tests.handlers.cries import all_arrives, cases, notices, words_from_a_caseworker
from tests.handlers.editing import Sent, picture
from tests.handlers.enrolling import enrol, invite
from tests.handlers.forms import goes_on_to_the_words
from tests.handlers.phone import Phone
from tests.handlers.stop_words import WORD, chooses

CRY = "He locked me in and he will kill me"
CALM = "Good morning"


async def words(database: Database) -> list[Body]:
    async with database.begin(SERVICE) as session:
        messages = await session.scalars(select(Message).order_by(Message.number))
        return [await body_of(session, message) for message in messages]


@pytest.fixture
def sent(phone: Phone) -> Sent:
    return Sent(phone)


async def test_p1_an_edit_that_cries_for_help_is_heard(
    phone: Phone, sent: Sent, database: Database
) -> None:
    await sent.first(text=CALM)
    await sent.edit(text=CRY)

    [kept] = await words(database)
    assert kept["text"] == CRY
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case.severity))).all() == [Severity.EMERGENCY]


async def test_p1_words_that_are_changed_to_help_call_somebody_once(
    phone: Phone, sent: Sent, database: Database
) -> None:
    await sent.first(text="/hlep")
    answers = await sent.edit(text="/help")
    answers += await sent.edit(at=200, text="/help I am at the station")

    [kept] = await words(database)
    assert kept["text"] == "/help I am at the station"
    async with database.begin(SERVICE) as session:
        [case] = (await session.scalars(select(Case))).all()
    assert case.severity is Severity.URGENT
    assert [answer.notice for answer in answers] == ["help-asked", "message-kept"]


@pytest.mark.parametrize("text", ["/help", "/help, when do you open?"])
async def test_p1_words_that_are_changed_to_help_make_a_concern_urgent(
    phone: Phone, sent: Sent, database: Database, organisation: Organisation, text: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("I have no money for food")
    [case] = await cases(database)
    assert case.severity is Severity.CONCERN
    await sent.first(text=CALM)
    answers = await sent.edit(text=text)

    assert "help-asked" in notices(answers)
    [case] = await cases(database)
    assert case.severity is Severity.URGENT
    again = await sent.edit(at=200, text=f"{text} /help")
    assert "help-asked" not in notices(again)


@pytest.mark.parametrize("state", [CaseState.WAITING, CaseState.SNOOZED])
async def test_p1_words_that_are_changed_to_help_call_whoever_was_done_with_it_back(
    phone: Phone, sent: Sent, database: Database, organisation: Organisation, state: CaseState
) -> None:
    await phone.write("/help")
    await sent.first(text=CALM)
    await words_from_a_caseworker(database, organisation)
    await all_arrives(database)
    async with database.begin(SERVICE) as session:
        until = session.now + timedelta(hours=72) if state is CaseState.SNOOZED else None
        await session.execute(update(Case).values(state=state, snoozed_until=until))
    answers = await sent.edit(text="/help")
    answers += await sent.edit(at=200, text="/help@OurBot")

    assert notices(answers).count("help-asked") == 1
    [case] = await cases(database)
    assert (case.state, case.snoozed_until) == (CaseState.CLAIMED, None)


async def test_p1_words_that_are_changed_to_help_are_answered_though_the_case_came_of_others(
    phone: Phone, sent: Sent, database: Database
) -> None:
    """They read that they asked, and whom to call meanwhile."""
    await phone.write(CRY)
    await sent.first(text=CALM)
    answers = await sent.edit(text="/help")

    assert notices(answers) == ["help-asked"]
    [case] = await cases(database)
    assert (case.severity, case.agreed_at is None) == (Severity.EMERGENCY, False)


@pytest.mark.parametrize("agrees", [True, False], ids=["read", "not read"])
async def test_a_worry_that_comes_by_an_edit_of_an_answer_is_heard_and_is_the_answer(
    phone_with_form: Phone, database: Database, agrees: bool
) -> None:
    """As one that is typed at once; also where nobody reads what they write."""
    await goes_on_to_the_words(phone_with_form)
    answer = phone_with_form.message(text="It was warm")
    await phone_with_form.send(message=answer)
    if not agrees:
        await phone_with_form.write("/privacy")
        await phone_with_form.press("✅ A person reads")
    worry = "I have no money and nothing to eat"
    said = await phone_with_form.send(edited_message=answer | {"text": worry, "edit_date": 100})

    assert (await forms.kept(database))["words"] == worry
    heard = [each.get("text") for each in await words(database)] if agrees else notices(said)
    assert (worry if agrees else "help-offered") in heard


async def test_the_words_of_a_case_show_the_edit_and_no_second_message(
    phone: Phone, sent: Sent, database: Database
) -> None:
    await phone.write("/help")
    await sent.first(text="Meet me at three")
    await sent.edit(text="Meet me at four")

    [kept] = await words(database)
    assert kept["text"] == "Meet me at four"
    assert "earlier" not in kept


@pytest.mark.parametrize("rest", [", by the bridge", "\nby the bridge"])
async def test_of_two_edits_in_one_second_the_later_stands_though_it_is_shorter(
    phone: Phone, sent: Sent, database: Database, rest: str
) -> None:
    """Telegram says only in which second it was."""
    await phone.write("/help")
    await sent.first(text="Meet me")
    await sent.edit(text=f"Meet me at four{rest}")
    await sent.edit(text="Meet me at four")

    [kept] = await words(database)
    assert kept["text"] == "Meet me at four"


async def test_p1_no_edit_takes_a_cry_for_help_back(sent: Sent, database: Database) -> None:
    await sent.first(text=CRY)
    await sent.edit(text="All is well")

    [kept] = await words(database)
    assert kept["text"] == "All is well"
    assert [cry["text"] for cry in kept["earlier"]] == [CRY]


@pytest.mark.parametrize(("first", "then"), [(CRY, CALM), (CALM, CRY), (CRY, CRY + "!")])
async def test_p1_an_edit_before_its_original_ends_as_it_would_after_it(
    new_phone: NewPhone, database: Database, first: str, then: str
) -> None:
    in_order, early = Sent(new_phone(1001)), Sent(new_phone(1002))
    await in_order.first(text=first)
    await in_order.edit(text=then)
    await early.edit(text=then)
    await early.first(text=first)

    one, other = await words(database)
    assert one | {"number": 0} == other | {"number": 0}


async def test_p1_a_picture_put_in_anothers_place_must_be_seen_anew(
    phone: Phone, sent: Sent, database: Database
) -> None:
    await phone.write("/help")
    await sent.first(photo=[picture("first")])
    async with database.begin(SERVICE) as session:
        (message,) = await session.scalars(select(Message))
        message.heard_at = session.now
    await sent.edit(photo=[picture("second")])

    async with database.begin(SERVICE) as session:
        (message,) = await session.scalars(select(Message))
        assert (message.kind, message.heard_at) == (MessageKind.PHOTO, None)
        assert (await body_of(session, message))["file_id"] == "second"


async def test_p1_what_cannot_be_shown_and_came_in_by_an_edit_must_be_looked_into(
    phone: Phone, sent: Sent, database: Database
) -> None:
    await phone.write("/help")
    words = {"type": "paragraph", "text": "Listen"}
    sound = {"file_id": "v", "file_unique_id": "v", "duration": 3}
    await sent.first(rich_message={"blocks": [words]})
    await sent.edit(rich_message={"blocks": [words, {"type": "voice_note", "voice_note": sound}]})

    async with database.begin(SERVICE) as session:
        (message,) = await session.scalars(select(Message))
        assert message.kind is MessageKind.OTHER
        assert message.listen_by is not None


async def test_p1_words_put_under_a_picture_that_counts_as_a_cry_are_heard_and_kept(
    phone: Phone, sent: Sent, database: Database, organisation: Organisation
) -> None:
    """In a frozen chat without a case every picture counts as one."""
    await enrol(phone, await invite(database, organisation))
    await chooses(phone)
    await phone.write(WORD)
    async with database.begin(SERVICE) as session:
        await session.execute(delete(Case))
    await sent.first(photo=[picture("seen")])
    await sent.edit(photo=[picture("seen")], caption=CRY)

    [kept] = await words(database)
    assert (kept["text"], "earlier" in kept) == (CRY, False)
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case.severity))).all() == [Severity.EMERGENCY]


async def test_an_edit_that_waits_for_its_original_is_sealed_and_used_up(
    phone: Phone, sent: Sent, database: Database
) -> None:
    await sent.edit(text=CALM)
    await sent.first(text=CRY)

    async with database.begin(SERVICE) as session:
        [kept] = await words(database)
        assert await early_edit(session, phone.user_id, kept) is None


@pytest.mark.parametrize("early", [False, True])
@pytest.mark.parametrize("command", ["/help ", "/help@OurBot ", ""])
async def test_p1_words_added_to_help_by_an_edit_lie_in_the_case_whichever_comes_first(
    sent: Sent, database: Database, command: str, early: bool
) -> None:
    text = f"{command}I am at the station, the man from the bus is here"
    if early:
        await sent.edit(text=text)
    await sent.first(text="/help")
    if not early:
        await sent.edit(text=text)

    [kept] = await words(database)
    assert kept["text"] == text


async def test_an_edit_that_leaves_a_command_alone_is_no_message(
    sent: Sent, database: Database
) -> None:
    await sent.first(text="/help")
    await sent.edit(text="/help@OurBot")

    assert await words(database) == []


def test_in_whatever_order_three_editions_come_they_end_as_one() -> None:
    editions: list[Body] = [
        {"text": "one", "cry": True},
        {"text": "two", "edited": 100, "cry": True},
        {"text": "three", "edited": 200},
    ]
    ends = [merged(merged(a, b), c) for a, b, c in permutations(editions)]

    assert all(end == ends[0] for end in ends)
    assert ends[0]["text"] == "three"
    assert [cry["text"] for cry in ends[0]["earlier"]] == ["one", "two"]
