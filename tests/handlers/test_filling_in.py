"""An imported form, answered on a phone: ticked, typed, put right, left and gone on with."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from dialogs.presses import CorrectWords
from domain.cases.opening import open_or_append
from domain.check_ins.answers import answers_of
from domain.identity import agree_on_words, ask_for_words
from domain.questionnaires.importing import take_in
from domain.returnees import returnee_of_chat
from domain.staff import actor_of, add_staff
from storage.cases import Case, Message
from storage.check_ins import CheckIn
from storage.kinds import CheckInState, Identity, Role, Severity
from storage.organisations import Organisation
from storage.sessions import SERVICE, Clock, Database
from storage.staff import Staff
from tests.domain.questionnaires.forms.sheets import HEALTH, form
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone

WORK = """
| survey |
| | type | name | label::(en) | label::A (ar) | relevant | constraint | calculation | choice_filter |
| | select_one land | land | Where do you live? | أين تعيش؟ | | | | |
| | select_one town | town | In which town? | في أي مدينة؟ | | | | land=${land} |
| | date | since | Since when? | منذ متى؟ | | . <= today() | | |
| | decimal | pay | What do you earn in an hour? | كم تكسب في الساعة؟ | | . > 0 | | |
| | calculate | week | | | | | round(${pay} * 40, 0) | |
| | note | sum | That is ${week} in a week. | هذا ${week} في الأسبوع. | ${week} > 0 | | | |
| choices |
| | list_name | name | label::(en) | label::A (ar) | land |
| | land | al | Albania | ألبانيا | |
| | land | ma | Morocco | المغرب | |
| | town | tirana | Tirana | تيرانا | al |
| | town | rabat | Rabat | الرباط | ma |
| | town | fes | Fes | فاس | ma |
| settings |
| | form_title | form_id | default_language |
| | First days | first-days | (en) |
"""  # noqa: E501 - a row is a row


@pytest.fixture
async def phone_with_form(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    """The note of a form is on its screen."""
    await asked(phone, database, organisation, HEALTH)
    [note] = await phone.write("/checkin")
    assert "Welcome" in note.text
    return phone


async def asked(phone: Phone, database: Database, organisation: Organisation, table: str) -> None:
    """A form's check-in was sent."""
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        await take_in(session, organisation.id, form(table))
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


async def test_a_date_a_number_with_a_comma_and_what_is_reckoned_of_it(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, WORK)
    await phone.write("/checkin")
    [town] = await phone.press("Morocco")
    assert {"Rabat", "Fes"} <= town.buttons.keys()
    assert "Tirana" not in town.buttons
    await phone.press("Fes")
    [wrong] = await phone.write("soon")
    assert "could not read that as a date" in wrong.text
    # What may be a cry or not is asked about, and the question stays.
    [offer, wrong] = await phone.write("nobody can help me")
    assert offer.notice == "help-offered"
    assert "could not read that as a date" in wrong.text
    [ahead] = await phone.write("2999-01-01")
    assert "does not fit" in ahead.text
    [pay] = await phone.write("5.3.2024")
    assert "in an hour" in pay.text
    [week] = await phone.write("12,5")
    assert "That is 500 in a week." in week.text
    assert await kept(database) == {
        "land": "ma", "town": "fes", "since": "2024-03-05", "pay": "12.5",
    }  # fmt: skip


async def test_p13_what_somebody_answered_is_not_shown_again_to_whoever_holds_the_phone_later(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await asked(phone, database, organisation, WORK)
    await phone.write("/checkin")
    await phone.press("Morocco")
    await phone.press("Fes")
    await phone.write("5.3.2024")
    await phone.write("12,5")
    [thanks] = [each for each in await phone.press("Continue") if each.buttons]
    [note] = await phone.press_data(thanks.data("Back"))
    assert "That is 500 in a week." in note.text
    clock.offset += timedelta(hours=25)
    [note] = await phone.press_data(thanks.data("Back"))

    assert "That is … in a week." in note.text


async def test_who_changes_an_answer_is_asked_what_follows_from_the_new_one(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, WORK)
    [land] = await phone.write("/checkin")
    await phone.press("Morocco")
    await phone.press("Fes")
    # An old button, on a message of long ago, or on another of their phones.
    [town] = await phone.press_data(land.data("Albania"), message_id=1)
    assert "In which town?" in town.text
    assert "Tirana" in town.buttons
    assert "Fes" not in town.buttons
    await phone.press("Tirana")

    found = await kept(database)
    assert (found["land"], found["town"]) == ("al", "tirana")


async def test_in_arabic_everything_is_asked_in_arabic(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, WORK)
    await phone.write("/language")
    await phone.press("العربية")
    [land] = await phone.write("/checkin")
    assert "أين تعيش؟" in land.text
    await phone.press("المغرب")
    await phone.press("الرباط")
    [pay] = await phone.write("٢٠٢٤-٠٣-٠٥")
    assert "كم تكسب في الساعة؟" in pay.text
    [week] = await phone.write("١٢٫٥")
    assert "هذا 500 في الأسبوع." in week.text


async def test_all_that_fits_into_one_message_is_taken_as_an_answer(
    phone_with_form: Phone, database: Database
) -> None:
    phone = phone_with_form
    await phone.press("Continue")
    await phone.press("No")
    for _ in range(2):
        await phone.press("Skip")
    long = "The bus was late and it was warm. " * 119
    said = await phone.write(long)

    assert "Thank you" in said[-1].text
    assert (await kept(database))["words"] == long.strip()


DIARY = """
| survey |
| | type | name | label::English (en) |
| | text | week | How was the week? |
| | integer | nights | For how many nights do you have a place? |
| | text | more | What else? |
| settings |
| | form_title | form_id | default_language |
| | First days | first-days | English (en) |
"""


async def test_what_a_client_cuts_in_two_is_one_answer_and_the_next_question_is_asked_again(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    """Telegram's apps send what is longer than a message as two, at once."""
    await asked(phone, database, organisation, DIARY)
    await phone.write("/checkin")
    begins, goes_on = "The bus was late and it was warm. " * 115, "So I walked. " * 5
    [nights] = await phone.write(begins)
    [again] = await phone.write(goes_on)

    assert again.text == nights.text
    assert await kept(database) == {"week": f"{begins.strip()}\n{goes_on.strip()}"}
    clock.offset += timedelta(seconds=10)
    await phone.write("12")
    assert (await kept(database))["nights"] == "12"

    [thanks] = await phone.write(begins)
    [thanked_again] = await phone.write(goes_on)
    assert thanked_again.text == thanks.text
    assert (await kept(database))["more"] == f"{begins.strip()}\n{goes_on.strip()}"


async def test_whoever_has_read_the_next_question_answers_that_one(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await asked(phone, database, organisation, DIARY)
    await phone.write("/checkin")
    long = "The bus was late and it was warm. " * 115
    await phone.write(long)
    clock.offset += timedelta(seconds=10)
    await phone.write("12")

    assert await kept(database) == {"week": long.strip(), "nights": "12"}


async def test_a_worry_typed_as_an_answer_is_heard_and_is_the_answer(
    phone_with_form: Phone, database: Database
) -> None:
    phone = phone_with_form
    await phone.press("Continue")
    await phone.press("No")
    for _ in range(2):
        await phone.press("Skip")
    said = await phone.write("I have no money and nothing to eat")

    assert "Thank you" in said[-1].text
    assert (await kept(database))["words"] == "I have no money and nothing to eat"
    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case))).one().severity is Severity.CONCERN


async def test_p13_a_short_answer_is_not_taken_for_the_words_by_which_they_are_known(
    phone_with_form: Phone, database: Database, organisation: Organisation
) -> None:
    """A worker asked who is there; the person answers what the check-in asked last."""
    phone = phone_with_form
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Vera", organisation, Role.CASEWORKER)
        vera = actor_of(await session.get_one(Staff, new.id))
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        await agree_on_words(session, vera, returnee.id, "lemon", "bridge")
        await ask_for_words(session, vera, returnee.id)
    await phone.press("Continue")
    await phone.press("No")
    for _ in range(2):
        await phone.press("Skip")
    said = await phone.write("nothing else")

    assert "Thank you" in said[-1].text
    assert (await kept(database))["words"] == "nothing else"
    async with database.begin(SERVICE) as session:
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        assert returnee.identity is not Identity.DOUBTED
        assert returnee.words_asked_until is not None


async def test_an_answer_is_no_correction_of_what_was_written_before(
    phone_with_form: Phone, database: Database, organisation: Organisation
) -> None:
    phone = phone_with_form
    async with database.begin(SERVICE) as session:
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        returnee.identity, returnee.confirmed_at = Identity.CONFIRMED, session.now
        await open_or_append(session, returnee, organisation.id, Severity.CONCERN, ["money"])
    await phone.write("My papers are lost")
    async with database.begin(SERVICE) as session:
        [message] = await session.scalars(select(Message))
    await phone.press_data(CorrectWords(message=message.id).pack())
    await phone.write("/checkin")
    await phone.press("Continue")
    await phone.press("Yes")
    await phone.press("⬜ School")
    await phone.press("Continue")
    await phone.write("3")

    assert (await kept(database))["children"] == "3"


async def test_what_is_asked_after_a_long_answer_fits_into_a_message_that_names_it(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """Telegram takes no longer one, and whoever answered would hear nothing more."""
    diary = DIARY.replace("For how many nights", "You wrote: ${week} For how many nights")
    await asked(phone, database, organisation, diary)
    await phone.write("/checkin")
    [nights] = await phone.write("The bus was late & it was warm. " * 127)

    assert "You wrote: The bus was late" in nights.text
    assert "For how many nights" in nights.text
    assert len(nights.text) < 4096


async def test_an_answer_is_put_right_by_an_edit_of_its_message(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await asked(phone, database, organisation, DIARY)
    await phone.write("/checkin")
    await phone.write("It was warm")
    nights = phone.message(text="1")
    await phone.send(message=nights)
    assert await phone.send(edited_message=nights | {"text": "10", "edit_date": 100}) == []
    assert (await kept(database))["nights"] == "10"

    # What was asked last is still what words answer.
    [thanks] = await phone.write("Nothing")
    assert "Thank you" in thanks.text
    clock.offset += timedelta(minutes=5)
    [again] = await phone.send(edited_message=nights | {"text": "ten", "edit_date": 200})
    assert "whole number" in again.text
    assert "For how many nights" in again.text
    await phone.write("11")
    assert await kept(database) == {"week": "It was warm", "nights": "11", "more": "Nothing"}


async def test_p1_a_worry_that_comes_by_an_edit_of_an_answer_is_heard(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    bands = "| bands |\n| | scale | from | to | label::English (en) | severity |"
    diary = f"{DIARY}{bands}\n| | nights | 0 | 2 | Few | urgent |"
    await asked(phone, database, organisation, diary)
    await phone.write("/checkin")
    await phone.write("It was warm")
    nights = phone.message(text="10")
    await phone.send(message=nights)
    await phone.send(edited_message=nights | {"text": "1", "edit_date": 100})

    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Case))).one().severity is Severity.URGENT


async def test_a_place_that_moves_closes_no_question(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, DIARY)
    place = phone.message() | {"location": {"latitude": 41.3, "longitude": 19.8}}
    await phone.send(message=place)
    await phone.write("/checkin")
    moved = {"location": {"latitude": 41.4, "longitude": 19.8}, "edit_date": 100}
    await phone.send(edited_message=place | moved)
    await phone.write("It was warm")

    assert await kept(database) == {"week": "It was warm"}
