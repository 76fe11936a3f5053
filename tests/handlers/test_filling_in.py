"""An imported form, answered on a phone: ticked, typed, put right, left and gone on with."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.check_ins.answers import answers_of
from domain.questionnaires.importing import take_in
from domain.returnees import returnee_of_chat
from storage.cases import Case
from storage.check_ins import CheckIn
from storage.kinds import CheckInState, Severity
from storage.organisations import Organisation
from storage.sessions import SERVICE, Database
from tests.domain.questionnaires.forms.sheets import HEALTH, form
from tests.handlers.phone import Phone
from tests.handlers.test_entering import enrol, invite


@pytest.fixture
async def phone_with_form(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    """The note of a form is on its screen."""
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        await take_in(session, organisation.id, form(HEALTH))
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        session.add(
            CheckIn(
                organisation_id=organisation.id,
                returnee_id=returnee.id,
                version=1,
                questionnaire="first-days@1",
                state=CheckInState.SENT,
                due_at=session.now,
                expires_at=session.now,
            )
        )
    [note] = await phone.write("/checkin")
    assert "Welcome" in note.text
    return phone


async def kept(database: Database) -> dict[str, str | None]:
    async with database.begin(SERVICE) as session:
        check_in = (await session.scalars(select(CheckIn))).one()
        return await answers_of(session, check_in)


async def test_a_whole_form_is_answered_by_buttons_ticks_and_words(
    phone_with_form: Phone, database: Database
) -> None:
    phone = phone_with_form
    await phone.press("Continue")
    [needs] = await phone.press("Yes")
    assert "more than one" in needs.text
    [ticked] = await phone.press("⬜ School")
    assert "☑️ School" in ticked.buttons
    assert (await kept(database))["needs"] == "school"
    [children] = await phone.press("Continue")
    [wrong] = await phone.write("many")
    assert "whole number" in wrong.text
    [wrong] = await phone.write("21")
    assert "does not fit" in wrong.text
    assert "How many children?" in wrong.text
    [mood] = await phone.write("٣")
    assert "How was the week" in mood.text
    [back] = await phone.press("Back")
    assert back.text == children.text
    await phone.write("2")
    [thanks] = await phone.press("7")

    assert "Thank you" in thanks.text
    assert await kept(database) == {
        "hello": "read", "sleeps": "yes", "needs": "school", "children": "2", "mood": "7",
    }  # fmt: skip


async def test_p9_a_tick_pressed_twice_and_an_old_one_do_what_they_said(
    phone_with_form: Phone, database: Database
) -> None:
    phone = phone_with_form
    await phone.press("Continue")
    await phone.press("Skip")
    assert phone.screen is not None
    tick = phone.screen.data("⬜ School")
    for _ in range(2):
        await phone.press_data(tick)
        assert (await kept(database))["needs"] == "school"
    await phone.press("☑️ School")
    assert (await kept(database))["needs"] is None


async def test_words_answer_only_the_question_that_was_the_last_thing_said(
    phone_with_form: Phone, database: Database
) -> None:
    phone = phone_with_form
    await phone.press("Continue")
    await phone.press("Yes")
    await phone.press("⬜ School")
    await phone.press("Continue")
    await phone.write("/services")
    await phone.write("4")
    assert "children" not in await kept(database)
    [again] = await phone.write("/checkin")
    assert "How many children?" in again.text
    said = await phone.write("4")
    assert (await kept(database)).get("children") == "4", [(s.notice, s.text) for s in said]


async def test_p1_a_cry_for_help_is_no_answer_and_a_worrying_answer_opens_a_case(
    phone_with_form: Phone, database: Database
) -> None:
    phone = phone_with_form
    await phone.press("Continue")
    await phone.press("No")
    async with database.begin(SERVICE) as session:
        concern = (await session.scalars(select(Case))).one()
        assert concern.severity is Severity.CONCERN
    await phone.press("⬜ School")
    await phone.press("Continue")
    said = await phone.write("He locked me in and he will kill me")
    assert "crisis" in [each.notice for each in said]
    assert "children" not in await kept(database)
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case))).one().severity is Severity.EMERGENCY


async def test_a_check_in_keeps_the_version_that_it_was_planned_with(
    phone_with_form: Phone, database: Database, organisation: Organisation
) -> None:
    changed = form(HEALTH.replace("Do you sleep well?", "How are the nights?"))
    async with database.begin(SERVICE) as session:
        taken = await take_in(session, organisation.id, changed)
        again = await take_in(session, organisation.id, replace(changed))
    assert (taken.version, again.version) == (2, 2)
    [question] = await phone_with_form.press("Continue")
    assert "Do you sleep well?" in question.text
