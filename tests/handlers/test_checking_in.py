from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from domain.check_ins.answers import answers_of
from domain.consent import has_consent
from domain.notices import Notice, tell
from domain.returnees.chats import returnee_of_chat
from domain.safety.window import Window, choose_window
from storage.kinds import CheckInState, Purpose, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.organisations import Organisation
from tests.clock import MORNING, set_clock
from tests.handlers.conftest import NewPhone
from tests.handlers.cries import EMERGENCY, cases
from tests.handlers.enrolling import enrol, invite, returnee_on
from tests.handlers.phone import Phone


async def the_check_in(database: Database) -> CheckIn:
    async with database.begin(SERVICE) as session:
        check_in: CheckIn = (await session.scalars(select(CheckIn))).one()
    return check_in


async def prompted(database: Database, phone: Phone) -> UUID:
    """A check-in whose prompt stands in the person's chat."""
    await phone.write("/checkin")
    check_in = await the_check_in(database)
    async with database.begin(SERVICE) as session:
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        await tell(session, returnee, Notice.CHECK_IN_PROMPT, {"check_in": str(check_in.id)})
    return check_in.id


async def only_on(database: Database, phone: Phone, days: set[int]) -> None:
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    async with database.begin(SERVICE) as session:
        await choose_window(session, returnee.id, Window(frozenset(days)))


async def test_a_check_in_is_one_message_whose_questions_take_each_others_place(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    [first] = await phone.write("/checkin")
    assert "How safe" in first.text
    assert not any("Back" in label for label in first.buttons)
    [second] = await phone.press("Safe")
    assert second.content["edit"] == 500
    [third] = await phone.press("Skip")
    [again] = await phone.press("Back")
    assert again.text == second.text
    await phone.press("No")
    await phone.press("Papers")
    [thanks] = await phone.press("No, thank you")

    assert third.text != again.text
    assert "Thank you" in thanks.text
    check_in = await the_check_in(database)
    assert check_in.state is CheckInState.ANSWERED
    async with database.begin(SERVICE) as session:
        assert await answers_of(session, check_in) == {
            "safety": "safe",
            "threat": "no",
            "need": "papers",
            "contact": "no",
        }


async def test_even_the_last_answer_can_be_changed_after_the_thanks(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/checkin")
    for answer in ("Safe", "No", "Papers", "No, thank you"):
        [last] = await phone.press(answer)
    assert "Thank you" in last.text
    [contact] = await phone.press("Back")
    assert "person from our team" in contact.text
    [need] = await phone.press("Back")
    assert "Papers" in need.buttons
    [thanks] = await phone.press("Work")

    assert "Thank you" in thanks.text
    check_in = await the_check_in(database)
    assert check_in.state is CheckInState.ANSWERED
    async with database.begin(SERVICE) as session:
        assert (await answers_of(session, check_in))["need"] == "work"


async def test_p11_nobody_is_asked_to_write_what_nobody_reads(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/checkin")
    for answer in ("Safe", "No", "Papers", "No, thank you"):
        [thanks] = await phone.press(answer)
    [menu] = await phone.write("I have moved to another flat")

    assert "can't understand sentences" in menu.text
    assert "write here" not in thanks.text
    assert "send /help" in thanks.text


async def test_p1_danger_in_an_answer_opens_an_emergency(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/checkin")
    said = await phone.press("In danger now")

    assert "crisis" in [each.notice for each in said]
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY


async def test_p3_p9_a_button_pressed_twice_or_weeks_later_counts_once(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/checkin")
    assert phone.screen is not None
    data = phone.screen.data("Not safe")
    await phone.press_data(data)
    async with database.begin(SERVICE) as session:
        check_in = await session.scalar(select(CheckIn))
        assert check_in is not None
        check_in.state = CheckInState.SILENT
    await phone.press_data(data)

    assert len(await cases(database)) == 1
    async with database.begin(SERVICE) as session:
        assert len((await session.scalars(select(Answer))).all()) == 1
    assert (await the_check_in(database)).state is CheckInState.STARTED


@pytest.mark.parametrize("later", ["In an hour", "Tomorrow"])
async def test_another_time_is_one_tap(
    phone: Phone, database: Database, organisation: Organisation, later: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    check_in_id = await prompted(database, phone)
    unit, said = {
        "In an hour": ("1h", "another time"),
        "Tomorrow": ("tomorrow", "I will ask again on"),
    }[later]
    [answer] = await phone.press_data(f"d:{check_in_id.hex}:{unit}")

    assert said in answer.text
    assert (await the_check_in(database)).state is CheckInState.PLANNED


async def test_p9_another_day_is_chosen_among_those_on_which_they_may_be_written_to(
    phone: Phone, database: Database, clock: Clock, organisation: Organisation
) -> None:
    set_clock(clock, MORNING)
    await enrol(phone, await invite(database, organisation))
    await only_on(database, phone, days={1, 3})
    check_in_id = await prompted(database, phone)
    [days] = await phone.press_data(f"dc:{check_in_id.hex}")
    # Today is Monday: tomorrow is a button of its own.
    offered = [label for label in days.buttons if "May" in label]
    assert offered == ["Thursday May 7", "Tuesday May 12"]
    [said] = await phone.press("Thursday")
    assert "again on Thursday May 7" in said.text
    check_in = await the_check_in(database)
    assert check_in.state is CheckInState.PLANNED
    assert check_in.due_at.date().isoformat() == "2026-05-07"

    # Pressed again when that day is gone, it offers those that are still to come.
    set_clock(clock, MORNING + timedelta(days=7))
    [again] = await phone.press_data(days.data("Thursday"))
    assert [label for label in again.buttons if "May" in label] == [
        "Thursday May 14",
        "Tuesday May 19",
    ]


async def test_in_arabic_the_days_have_their_arabic_names(
    phone: Phone, database: Database, clock: Clock, organisation: Organisation
) -> None:
    set_clock(clock, MORNING)
    await enrol(phone, await invite(database, organisation))
    check_in_id = await prompted(database, phone)
    await phone.write("/language")
    await phone.press("العربية")
    [days] = await phone.press_data(f"dc:{check_in_id.hex}")

    assert any("الخميس" in label for label in days.buttons)


async def test_p5_on_a_watched_phone_the_days_are_covered_like_the_question(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/safety")
    await phone.press("Hours")
    await phone.press("By day")
    check_in_id = await prompted(database, phone)
    days, covered = await phone.press_data(f"dc:{check_in_id.hex}")

    assert days.notice == "revealed"
    assert covered.notice == "concealed"
    assert covered.buttons.keys() == {"See"}


async def test_p11_whoever_skips_one_is_promised_no_other(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """It may be the only one, or the last step of a pathway."""
    await enrol(phone, await invite(database, organisation))
    check_in_id = await prompted(database, phone)
    [said] = await phone.press_data(f"d:{check_in_id.hex}:skip")

    assert said.notice == "check-in-none"
    assert (await the_check_in(database)).state is CheckInState.CANCELLED


async def test_p5_not_again_takes_consent_back_with_one_tap(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    check_in_id = await prompted(database, phone)
    [answer] = await phone.press_data(f"d:{check_in_id.hex}:never")

    assert "won't ask again" in answer.text
    returnee = await returnee_on(database, phone)
    assert returnee is not None
    async with database.begin(SERVICE) as session:
        assert not await has_consent(session, returnee.id, Purpose.CHECK_INS)
    [none] = await phone.write("/checkin")
    assert none.notice == "check-in-none"


async def test_p11_nobody_is_told_that_they_will_be_asked_who_wont_be(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    check_in_id = await prompted(database, phone)
    for answer in ("Safe", "No", "Papers", "No, thank you"):
        await phone.press(answer)
    [answered] = await phone.press_data(f"d:{check_in_id.hex}:tomorrow")
    assert answered.notice == "check-in-none"

    await phone.press_data(f"d:{check_in_id.hex}:never")
    async with database.begin(SERVICE) as session:
        day = session.now.date().toordinal() + 3
    old = ("d:{}:tomorrow", "d:{}:skip", "dc:{}", f"dd:{{}}:{day}", "dd:{}:5")
    for data in old:
        [said] = await phone.press_data(data.format(check_in_id.hex))
        assert said.notice == "check-in-stopped", data


PAUSED = "I won't write to you first any more."
NOT_FIRST = "Now I never write before you write first."


@pytest.mark.parametrize(("wish", "answer"), [("/stop", PAUSED), ("never", NOT_FIRST)])
@pytest.mark.parametrize("data", ["d:{}:tomorrow", "d:{}:1h", "dd:{}:{}", "dc:{}"])
async def test_p11_no_day_is_named_to_whoever_wishes_not_to_be_written_to_first(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    clock: Clock,
    data: str,
    wish: str,
    answer: str,
) -> None:
    """What they put off waits all the same, for whoever asks for it or changes their mind."""
    set_clock(clock, MORNING)
    await enrol(phone, await invite(database, organisation))
    check_in_id = await prompted(database, phone)
    if wish == "never":
        await phone.write("/safety")
        await phone.press("Hours")
        await phone.press("Never, only answers")
    else:
        await phone.write(wish)
    day = (MORNING + timedelta(days=3)).toordinal()
    [said] = await phone.press_data(data.format(check_in_id.hex, day))

    assert said.text.startswith(answer)
    assert (await the_check_in(database)).state is CheckInState.PLANNED
    [question] = await phone.write("/checkin")
    assert question.notice == "check-in-question"
    assert (await the_check_in(database)).id == check_in_id


async def test_p11_no_day_is_named_to_them_either_while_an_emergency_is_open(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    """It may be over by then; their wish stays."""
    set_clock(clock, MORNING)
    await enrol(phone, await invite(database, organisation))
    check_in_id = await prompted(database, phone)
    await phone.write("/safety")
    await phone.press("Hours")
    await phone.press("Never, only answers")
    await phone.write(EMERGENCY)
    [said] = await phone.press_data(f"d:{check_in_id.hex}:tomorrow")

    assert said.text.startswith(NOT_FIRST)


@pytest.mark.parametrize("data", ["dc:{}", "dd:{}:5"])
async def test_p11_no_other_day_is_offered_for_what_is_answered(
    phone: Phone, database: Database, organisation: Organisation, data: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    check_in_id = await prompted(database, phone)
    for answer in ("Safe", "No", "Papers", "No, thank you"):
        await phone.press(answer)
    [said] = await phone.press_data(data.format(check_in_id.hex))
    assert said.notice == "check-in-none"


@pytest.mark.parametrize(
    "data", ["p:{}", "c:{}:safety:safe", "c:{}:threat:<", "d:{}:1h", "dc:{}", "dd:{}:5"]
)
async def test_p11_whoever_is_asked_nothing_any_more_reads_that_there_are_no_questions(
    phone: Phone, database: Database, organisation: Organisation, data: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    check_in_id = await prompted(database, phone)
    async with database.begin(SERVICE) as session:
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        returnee.said_child_at = session.now
    [said] = await phone.press_data(data.format(check_in_id.hex))
    assert said.notice == "check-in-none"


async def test_somebody_elses_check_in_is_refused(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    hers, his = new_phone(1), new_phone(2)
    await enrol(hers, await invite(database, organisation))
    await enrol(his, await invite(database, organisation))
    await hers.write("/checkin")
    assert hers.screen is not None
    today = datetime.now(UTC).date().toordinal()
    for data in (
        f"p:{uuid4().hex}",
        f"d:{uuid4().hex}:never",
        f"dc:{uuid4().hex}",
        f"dd:{uuid4().hex}:{today + 3}",
    ):
        said = await his.press_data(data)
        assert said == []
        assert his.toast.alert
    # As far as anybody knows, it may have been a question of theirs once.
    [asked] = await his.press_data(hers.screen.data("Not safe"))

    assert asked.notice == Notice.HELP_OFFERED
    assert await cases(database) == []
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Answer))).all() == []


@pytest.mark.parametrize("end", ["safety:made-up", "made-up:safe", "safety:<", "made-up:<"])
async def test_an_answer_that_no_button_offers_changes_nothing(
    phone: Phone, database: Database, organisation: Organisation, end: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/checkin")
    check_in = await the_check_in(database)
    await phone.press_data(f"c:{check_in.id.hex}:{end}")

    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Answer))).all() == []
    assert (await the_check_in(database)).state is CheckInState.STARTED


async def test_p5_on_a_watched_phone_nothing_is_asked_about_feelings_and_the_question_is_covered(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    [cover] = await phone.write("/checkin")
    assert "person" not in cover.text
    await phone.press("See")
    question, covered = await phone.tap()
    assert "person from our team" in question.text
    assert covered.notice == "concealed"
    [thanks] = await phone.press_data(question.data("No, thank you"))
    assert thanks.notice == "check-in-thanks"
