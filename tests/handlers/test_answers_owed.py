"""What is said of when somebody will answer, to whoever asks again: no more than is so (P11)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from dialogs.presses import InCountry, OpenCovered
from domain.duty import go_on_duty
from domain.notices import Notice
from domain.staff import actor_of, add_staff
from storage.kinds import Identity, Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee, Safety
from storage.tables.staff import Staff
from tests.clock import MORNING, set_clock
from tests.handlers.cries import EMERGENCY, all_arrives, words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone

_ANY_WORD = "send me any word: then I bring what they wrote"
_SHORTLY_BEFORE_EIGHT = timedelta(hours=8, minutes=45)

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture
async def asked(
    phone: Phone, database: Database, clock: Clock, organisation: Organisation
) -> Phone:
    """Of a team of which somebody is on duty."""
    set_clock(clock, MORNING)
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Vera", organisation, Role.CASEWORKER)
        await go_on_duty(session, actor_of(await session.get_one(Staff, new.id)))
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await all_arrives(database)
    return phone


async def test_p11_whoever_asks_again_past_the_deadline_reads_that_nobody_has_answered_yet(
    asked: Phone, clock: Clock
) -> None:
    clock.offset += timedelta(minutes=90)
    [answer] = await asked.write("/help")

    assert "nobody has answered you yet" in answer.text
    assert "should write to you" not in answer.text
    assert "Phone numbers in" in answer.text


async def test_p11_whoever_was_answered_and_asks_again_reads_until_when_somebody_answers_anew(
    asked: Phone, database: Database, clock: Clock, organisation: Organisation
) -> None:
    await words_from_a_caseworker(database, organisation)
    clock.offset += timedelta(hours=3)
    [answer] = await asked.write("/help")

    assert "should write to you here before" in answer.text
    assert "in a few minutes" not in answer.text


async def never_first(phone: Phone) -> None:
    async with phone.database.begin(SERVICE) as session:
        await session.execute(update(Safety).values(never_first=True))


async def pause(phone: Phone) -> None:
    await phone.write("/stop")


async def let_it_be_evening(phone: Phone) -> None:
    phone.database.clock.offset += _SHORTLY_BEFORE_EIGHT


@pytest.mark.parametrize("holds", [never_first, pause, let_it_be_evening])
@pytest.mark.parametrize("cry", ["/help", EMERGENCY, "I am 15"])
async def test_p11_whoever_gets_an_answer_only_once_they_write_again_reads_that_any_word_brings_it(
    asked: Phone, holds: Callable[[Phone], Awaitable[None]], cry: str
) -> None:
    await holds(asked)
    [answer] = await asked.write(cry)

    assert _ANY_WORD in answer.text


@pytest.mark.parametrize("back", [Notice.HELP_ASKED, Notice.NOBODY_YET])
async def test_p11_what_is_looked_at_later_says_as_well_that_any_word_brings_the_answer(
    asked: Phone, clock: Clock, back: Notice
) -> None:
    await never_first(asked)
    clock.offset += timedelta(minutes=90)
    [shown] = await asked.press_data(InCountry(country="UA", back=back).pack())

    assert "nobody has answered you yet" in shown.text
    assert _ANY_WORD in shown.text


async def test_whoever_is_answered_at_this_hour_is_not_asked_for_one_more_word(
    asked: Phone,
) -> None:
    [answer] = await asked.write("/help")

    assert "should write to you here before" in answer.text
    assert _ANY_WORD not in answer.text


async def test_p11_whoever_only_pressed_that_they_are_in_danger_is_told_of_no_words_of_theirs(
    asked: Phone,
) -> None:
    await asked.write("/checkin")
    said = await asked.press("In danger now")

    [cry] = [each for each in said if each.notice == "crisis"]
    assert "I have shown what you told me to people of our team" in cry.text
    assert "your words" not in cry.text


@pytest.fixture
async def asked_for_a_deletion(asked: Phone) -> Phone:
    """Perhaps by force: from then on no worker's words go to them, though somebody is on duty."""
    async with asked.database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(identity=Identity.DOUBTED))
    await asked.write("/privacy")
    await asked.press("Delete everything")
    await asked.press("Yes, delete everything")
    await all_arrives(asked.database)
    return asked


_NOBODY_MAY_ANSWER = "nobody right now who could answer you here"
_PROMISES = ["should write", "Somebody is on duty", "nobody has answered", "may write to you"]


@pytest.mark.parametrize("cry", ["/help", EMERGENCY, "I am 15"])
async def test_p11_whom_nobody_may_write_to_is_promised_no_answer_and_gets_the_numbers(
    asked_for_a_deletion: Phone, cry: str
) -> None:
    [answer] = await asked_for_a_deletion.write(cry)

    assert _NOBODY_MAY_ANSWER in answer.text
    assert "Phone numbers in" in answer.text
    assert [each for each in _PROMISES if each in answer.text] == []


@pytest.mark.parametrize("notice", [Notice.NOBODY_YET, Notice.CASE_CLOSED, Notice.CLOSING_WISHED])
async def test_p11_whom_nobody_may_write_to_is_promised_no_answer_by_what_is_looked_at_later(
    asked_for_a_deletion: Phone, clock: Clock, notice: Notice
) -> None:
    clock.offset += timedelta(minutes=90)
    [shown] = await asked_for_a_deletion.press_data(OpenCovered(notice=notice).pack())

    assert [each for each in _PROMISES if each in shown.text] == []
