"""A window or a question that was opened by somebody of whom it is not kept any more (P9)."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import pytest
from sqlalchemy import delete

from dialogs.presses import BACK, SKIP, AnswerQuestion
from domain.notices import Notice
from domain.privacy.erasing import remove_person
from storage.sessions import SERVICE, Database
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.handlers.cries import cases
from tests.handlers.enrolling import enrol, invite, known_on
from tests.handlers.phone import Phone


async def gone(phone: Phone, database: Database) -> None:
    """As when a talk that nobody agreed to has ended long ago: the chat is a stranger's again."""
    person = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        await remove_person(session, await session.get_one(Returnee, person.id))


@pytest.mark.parametrize(
    ("way", "label"),
    [
        (["/safety"], "Hours"),
        (["/safety", "Hours"], "Evenings"),
        (["/safety"], "Stop word"),
        (["/safety", "Stop word"], "Choose a word"),
        (["/safety", "Who helps me"], "Places"),
        (["/safety", "If I don't answer", "Name somebody"], "Go on"),
        (["/privacy"], "What is kept"),
        (["/start"], "Safety"),
        (["/start"], "Privacy"),
    ],
    ids=str,
)
async def test_p9_whoever_presses_a_button_in_it_is_told_that_nothing_is_kept(
    phone: Phone, database: Database, organisation: Organisation, way: Sequence[str], label: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    for step in way:
        await (phone.write(step) if step.startswith("/") else phone.press(step))
    await gone(phone, database)
    [said] = await phone.press(label)

    assert said.notice == Notice.NOTHING_KEPT
    [begins] = await phone.write("/start")
    assert "English" in begins.buttons


@pytest.mark.parametrize("way", [["/safety", "Stop word", "Choose a word", "1"], ["/safety"]])
async def test_p9_words_there_are_those_of_a_stranger(
    phone: Phone, database: Database, organisation: Organisation, way: Sequence[str]
) -> None:
    await enrol(phone, await invite(database, organisation))
    for step in way:
        await (phone.write(step) if step.startswith("/") else phone.press(step))
    await gone(phone, database)
    [menu] = await phone.write("Lavender teapot")

    assert menu.text.startswith("I am a machine")


async def check_in_gone(phone: Phone, database: Database) -> None:
    """As when it was kept for long enough."""
    async with database.begin(SERVICE) as session:
        await session.execute(delete(CheckIn))


@pytest.mark.parametrize("goes", [gone, check_in_gone])
async def test_p1_p9_an_answer_to_a_question_that_is_gone_may_be_a_cry_and_is_asked_about(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    goes: Callable[[Phone, Database], Awaitable[None]],
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/checkin")
    await goes(phone, database)
    [offered] = await phone.press("In danger now")
    assert offered.notice == Notice.HELP_OFFERED
    [answer] = await phone.press("Someone should write to me")

    assert answer.notice == Notice.HELP_ASKED
    assert len(await cases(database)) == 1


@pytest.mark.parametrize("choice", [BACK, SKIP])
async def test_p9_what_says_nothing_below_a_question_that_is_gone_is_refused(
    phone: Phone, database: Database, organisation: Organisation, choice: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    pressed = AnswerQuestion(check_in=uuid4(), question="0", choice=choice)

    assert await phone.press_data(pressed.pack()) == []
    assert phone.toast.text == "That did not work. Nothing was changed."
