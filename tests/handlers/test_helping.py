from datetime import timedelta

import pytest
from sqlalchemy import select, update

from dialogs.presses import AskForHuman, InCountry, OpenCovered
from domain.crisis.answering import ask_for_human
from domain.duty import go_on_duty
from domain.messages.sealing import body_of
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.returnees.chats import chat_id_of
from domain.returnees.enrolments import enrol as enrol_with
from domain.safety.contacts import contact_with
from domain.safety.judging import Outgoing, held
from domain.staff import actor_of, add_staff
from storage.kinds import CaseState, NoticeClass, OutboxState, Role, Severity
from storage.outbox.letters import Delivery
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Message
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety
from storage.tables.staff import Staff
from tests.documents import put
from tests.handlers.cries import all_arrives, cases, notices, texts, words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite, known_on
from tests.handlers.phone import Phone

pytestmark = pytest.mark.usefixtures("worker")


async def test_p11_help_says_plainly_that_nobody_is_on_duty_and_gives_numbers(
    phone: Phone, database: Database
) -> None:
    [answer] = await phone.write("/help")

    assert "nobody is on duty" in answer.text
    assert "Phone numbers in Albania" in answer.text
    assert "not tested lately" in answer.text
    [case] = await cases(database)
    assert case.severity is Severity.URGENT


@pytest.mark.parametrize("giver_is_there", [True, False])
async def test_p11_while_two_accompany_them_it_is_said_who_is_on_duty_where_their_case_is(
    phone: Phone, database: Database, organisation: Organisation, giver_is_there: bool
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await all_arrives(database)
    person = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        partner = await add_organisation(session, "Rabat Centre")
        there = organisation if giver_is_there else partner
        new = await add_staff(session, "Vera", there, Role.CASEWORKER)
        await go_on_duty(session, actor_of(await session.get_one(Staff, new.id)))
        await enrol_with(session, await session.get_one(Returnee, person.id), partner)
    [answer] = await phone.write("/help")

    assert ("nobody is on duty" in answer.text) is not giver_is_there


async def test_p1_help_in_a_message_that_was_forwarded_calls_somebody_with_all_that_it_says(
    phone: Phone, database: Database
) -> None:
    """It may be how somebody passes on another's cry."""
    sender = {"id": 77, "is_bot": False, "first_name": "Lena"}
    origin = {"type": "user", "date": 1, "sender_user": sender}
    said = await phone.write("hello, what is this /help", forward_origin=origin)

    assert said[-1].notice == "help-asked"
    [case] = await cases(database)
    assert case.severity is Severity.URGENT
    async with database.begin(SERVICE) as session:
        [kept] = await session.scalars(select(Message))
        assert (await body_of(session, kept))["text"] == "> … hello, what is this /help"


async def test_p1_help_in_a_message_of_several_pieces_calls_somebody_with_all_that_it_says(
    phone: Phone, database: Database
) -> None:
    """Such as a list, of which Telegram says no text."""
    pieces = [{"type": "paragraph", "text": text} for text in ("they came again", "please /help")]
    said = await phone.write(rich_message={"blocks": pieces})

    assert notices(said) == ["help-asked"]
    async with database.begin(SERVICE) as session:
        [kept] = await session.scalars(select(Message))
        assert (await body_of(session, kept))["text"] == "they came again\nplease /help"


@pytest.mark.parametrize("known", [True, False])
async def test_p12_whoever_calls_for_somebody_is_not_asked_whether_they_want_somebody(
    phone: Phone, database: Database, organisation: Organisation, known: bool
) -> None:
    if known:
        await enrol(phone, await invite(database, organisation))

    assert notices(await phone.write("look at this /help")) == ["help-asked"]


async def test_help_works_in_the_middle_of_the_welcome(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    await phone.press("English")
    [answer] = await phone.write("/help")

    assert answer.notice == "help-asked"
    assert len(await cases(database)) == 1


async def test_a_double_press_for_a_person_makes_one_case(phone: Phone, database: Database) -> None:
    await phone.write("/start")
    await phone.press("English")
    assert phone.screen is not None
    data = phone.screen.data("Talk to a person")
    await phone.press_data(data)
    await phone.press_data(data)

    assert len(await cases(database)) == 1


async def test_on_a_watched_phone_help_is_answered_by_a_line_that_says_nothing(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    [answer] = await phone.write("/help")

    assert "something new to see" in answer.text
    assert list(answer.buttons) == ["See"]
    await phone.press("See")
    opened, covered = await phone.tap()
    assert "nobody is on duty" in opened.text
    assert "Close" in opened.buttons
    assert opened.content["edit"] == covered.content["edit"] == 500
    assert "something new to see" in covered.text
    assert covered.row.not_before > opened.row.not_before


async def test_p13_whoever_needs_nobody_any_more_says_so_and_a_human_decides(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    [answer] = await phone.press("I need nobody any more")

    assert "A person looks at it" in answer.text
    assert "may write to you" in answer.text
    # The numbers stay where they are.
    assert answer.content["edit"] is None
    [case] = await cases(database)
    assert (case.state, case.severity) == (CaseState.OPEN, Severity.URGENT)
    await phone.press("I still need help")
    [again] = await cases(database)
    assert (again.id, again.agreed_at) != (case.id, case.agreed_at)


async def test_p11_whoever_took_back_that_they_are_read_is_not_told_that_they_are(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    [asked] = await phone.write("/help")
    assert "They will read it" in asked.text
    assert phone.screen is not None
    country, settled = map(phone.screen.data, ("Ukraine", "I need nobody any more"))
    await phone.write("/privacy")
    await phone.press("A person reads and answers")

    [again] = await phone.press_data(country)
    assert "Our team has been told" in again.text
    assert "They will read it" not in again.text
    [passed_on] = await phone.press_data(settled)
    assert "A person looks at it" in passed_on.text
    assert "they still read" not in passed_on.text


async def test_p9_the_button_to_need_nobody_does_no_harm_where_nothing_is_open(
    phone: Phone, database: Database
) -> None:
    [answer] = await phone.press_data("hn")

    assert answer.text == "All right. If you change your mind, send /help, at any time."
    assert await cases(database) == []


async def test_on_a_watched_phone_the_wish_to_close_is_answered_by_a_line_that_says_nothing(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/help")
    answers = await phone.press_data("hn")

    assert all("something new to see" in answer.text for answer in answers)
    assert all("team" not in answer.text for answer in answers)


@pytest.mark.parametrize("known", [False, True])
async def test_p1_help_with_our_name_behind_it_calls_a_human_too(
    phone: Phone, database: Database, organisation: Organisation, known: bool
) -> None:
    if known:
        await enrol(phone, await invite(database, organisation))
    said = await phone.write("/help@OurBot")

    assert [each.notice for each in said] == ["help-asked"]
    assert len(await cases(database)) == 1


@pytest.mark.parametrize("written", ["/Help", "/HELP", "/HELP@OurBot", "/Help he is outside"])
async def test_p1_help_calls_a_human_in_whatever_letters_it_is_written(
    phone: Phone, database: Database, written: str
) -> None:
    said = await phone.write(written)

    assert "help-asked" in [each.notice for each in said]
    assert len(await cases(database)) == 1


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("/start /help", None),
        ("/Services /HELP@OurBot", None),
        ("/help, /help!", "/help, /help!"),
        ("please /help me", "please /help me"),
        ("/start he waits outside (/help)", "/start he waits outside (/help)"),
    ],
)
async def test_p1_help_calls_a_human_wherever_in_a_message_it_stands(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    known: bool,
    written: str,
    words: str | None,
) -> None:
    if known:
        await enrol(phone, await invite(database, organisation))
    said = await phone.write(written)

    assert "help-asked" in [each.notice for each in said]
    assert "invite-refused" not in [each.notice for each in said]
    assert len(await cases(database)) == 1
    assert await texts(database) == ([words] if words else [])


@pytest.mark.parametrize("written", ["https://wayhome.example/help", "/helpers", "self/help"])
async def test_an_address_or_a_longer_word_with_help_in_it_is_no_command(
    phone: Phone, database: Database, written: str
) -> None:
    said = await phone.write(written)

    assert "help-asked" not in [each.notice for each in said]
    assert await cases(database) == []


@pytest.mark.parametrize(
    ("written", "notice"), [("/Hide", "hidden"), ("/HIDE", "hidden"), ("/Stop", "stopped")]
)
async def test_p4_a_command_does_the_same_in_whatever_letters_it_is_written(
    phone: Phone, database: Database, organisation: Organisation, written: str, notice: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    [answer] = await phone.write(written)

    assert answer.notice == notice


async def asks(phone: Phone, how: str) -> None:
    if how == "press":
        await phone.press_data(AskForHuman().pack())
    else:
        await phone.write(how)


async def why_words_wait(database: Database) -> str | None:
    """Of a caseworker, to the one person there is, to whom nothing is sent first."""
    async with database.begin(SERVICE) as session:
        await session.execute(update(Safety).values(never_first=True))
        person = (await session.scalars(select(Returnee))).one()
        hold = held(Outgoing(NoticeClass.HUMAN), await contact_with(session, person), session.now)
        return hold.reason if hold else None


@pytest.mark.parametrize("how", ["/help", "press"])
@pytest.mark.parametrize("known", [False, True])
async def test_p4_whoever_asks_for_somebody_is_answered_at_whatever_hour_for_a_while(
    phone: Phone,
    database: Database,
    clock: Clock,
    organisation: Organisation,
    known: bool,
    how: str,
) -> None:
    if known:
        await enrol(phone, await invite(database, organisation))
        clock.offset += timedelta(hours=3)
        assert await why_words_wait(database) == "never-first"
    await asks(phone, how)

    assert await why_words_wait(database) is None
    clock.offset += timedelta(minutes=16)
    assert await why_words_wait(database) == "never-first"


async def test_p4_what_a_worker_wrote_before_goes_when_somebody_is_asked_for(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        person = (await session.scalars(select(Returnee))).one()
        words = Delivery(NoticeClass.HUMAN, returnee_id=person.id)
        row = await put(session, chat_id_of(session, person), {}, words)
        row.state, row.held = OutboxState.HELD, "never-first"
        row.not_before = session.now + timedelta(hours=9)
    await phone.press_data(AskForHuman().pack())

    async with database.begin(SERVICE) as session:
        assert (await session.get_one(OutboxRow, row.id)).state is OutboxState.WAITING


async def test_p4_a_press_that_waited_takes_back_nothing_of_what_was_written_later(
    phone: Phone, database: Database
) -> None:
    await phone.write("/help")
    async with database.begin(SERVICE) as session:
        person = (await session.scalars(select(Returnee))).one()
        session.asked_at = session.now - timedelta(hours=1)
        await ask_for_human(session, person)

    assert await why_words_wait(database) is None


@pytest.mark.parametrize("how", ["/help", "press"])
async def test_p4_a_frozen_chat_in_which_somebody_is_asked_for_stays_frozen(
    phone: Phone, database: Database, organisation: Organisation, how: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(frozen_at=session.now))
    await asks(phone, how)

    assert await why_words_wait(database) == "frozen"


@pytest.mark.parametrize("reads", ["Only I", "Sometimes"])
@pytest.mark.parametrize("answered", [False, True])
async def test_p11_that_nobody_has_answered_is_not_said_again_once_somebody_has(
    phone: Phone, database: Database, organisation: Organisation, reads: str, answered: bool
) -> None:
    await enrol(phone, await invite(database, organisation), reads=reads)
    await phone.write("/help")
    if answered:
        await words_from_a_caseworker(database, organisation)
    press = OpenCovered(notice=Notice.NOBODY_YET).pack()
    if reads == "Only I":
        press = InCountry(country="UA", back=Notice.NOBODY_YET).pack()
    [shown] = await phone.press_data(press)

    assert ("nobody has answered you yet" in shown.text) is not answered
    assert "Phone numbers in" in shown.text
