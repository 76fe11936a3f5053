"""An imported form, answered on a phone by buttons: ticked, put right, left and gone on with."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.questionnaires.importing import take_in
from simulator.bot_api.keyboards import checked_markup
from storage.kinds import Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from tests.domain.check_ins.pressing import closes, reasons, the_case
from tests.domain.questionnaires.forms.sheets import HEALTH, SETTINGS, form
from tests.handlers.forms import asked, kept
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


async def test_p9_ticks_stay_where_whoever_came_back_to_them_skips_the_question(
    phone_with_form: Phone, database: Database
) -> None:
    phone = phone_with_form
    for pressed in ("Continue", "Yes", "⬜ School", "Continue"):
        await phone.press(pressed)
    [children] = await phone.write("2")
    for pressed in ("Back", "Back"):
        await phone.press(pressed)
    [following] = await phone.press("Skip")

    assert following.text == children.text
    assert (await kept(database))["needs"] == "school"


async def test_an_answer_that_is_not_offered_any_more_is_skipped_like_any_other(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, WORK)
    await phone.write("/checkin")
    for pressed in ("Albania", "Tirana", "Back", "Back", "Morocco"):
        [town] = await phone.press(pressed)
    [since] = await phone.press("Skip")

    assert "In which town?" in town.text
    assert "Since when?" in since.text
    assert (await kept(database))["town"] is None


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


async def needs_a_home(phone: Phone) -> None:
    """Which somebody should hear of soon, and School as well, which nobody needs to."""
    for pressed in ("Continue", "Skip", "⬜ A home"):
        await phone.press(pressed)


async def some_time_goes_by(database: Database, clock: Clock, *, closed: bool) -> None:
    if closed:
        await closes(database)
    else:
        clock.offset += timedelta(minutes=6)


@pytest.mark.parametrize("closed", [False, True])
async def test_going_on_or_another_tick_says_nothing_of_what_was_ticked_once_more(
    phone_with_form: Phone, database: Database, clock: Clock, closed: bool
) -> None:
    phone = phone_with_form
    await needs_a_home(phone)
    await some_time_goes_by(database, clock, closed=closed)
    for pressed in ("⬜ School", "☑️ School", "Continue"):
        await phone.press(pressed)
        clock.offset += timedelta(minutes=6)

    case = await the_case(database)
    assert case is not None
    assert (case.resolved_at is not None) is closed
    assert (await reasons(database)).count("check-in.answer") == 1


@pytest.mark.parametrize("closed", [False, True])
async def test_p1_whoever_takes_a_worrying_tick_away_and_sets_it_anew_is_heard_once_more(
    phone_with_form: Phone, database: Database, clock: Clock, closed: bool
) -> None:
    phone = phone_with_form
    await needs_a_home(phone)
    await some_time_goes_by(database, clock, closed=closed)
    for pressed in ("☑️ A home", "⬜ A home"):
        await phone.press(pressed)

    case = await the_case(database)
    assert case is not None
    assert case.resolved_at is None
    assert (await reasons(database)).count("check-in.answer") == 2


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("also", [[], ["⬜ School"]])
async def test_p1_whoever_comes_back_to_empty_boxes_and_ticks_the_same_is_heard_once_more(
    phone_with_form: Phone, database: Database, clock: Clock, also: list[str], closed: bool
) -> None:
    phone = phone_with_form
    await needs_a_home(phone)
    for pressed in (*also, "Continue"):
        await phone.press(pressed)
    await some_time_goes_by(database, clock, closed=closed)
    for pressed in ("Back", "⬜ A home"):
        await phone.press(pressed)

    case = await the_case(database)
    assert case is not None
    assert case.resolved_at is None
    assert (await reasons(database)).count("check-in.answer") == 2


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
    [wrong] = await phone.write("12.500")
    assert "not sure which number" in wrong.text
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


GETTING_BY = """
| survey |
| | type | name | label::English (en) |
| | select_one food | food | How do you get by? |
| choices |
| | list_name | name | label::English (en) |
| | food | enough | We have enough |
| | food | less | We eat less & worse than before the summer, but every day |
| | food | some | We eat less & worse than before the summer, and not every day |
| settings |
| | form_title | form_id | default_language |
| | First days | first-days | English (en) |
"""


async def test_choices_that_a_button_would_cut_off_stand_whole_in_the_message_by_their_numbers(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await asked(phone, database, organisation, GETTING_BY)
    [question] = await phone.write("/checkin")
    assert question.text.splitlines()[1:] == [
        "",
        "1. We have enough",
        "2. We eat less &amp; worse than before the summer, but every day",
        "3. We eat less &amp; worse than before the summer, and not every day",
    ]
    assert list(question.buttons) == [
        "1. We have enough",
        "2. We eat less & worse than bef…",
        "3. We eat less & worse than bef…",
        "Skip",
    ]
    await phone.press("3. We eat less")

    assert await kept(database) == {"food": "some"}


NEEDS = (
    """
| survey |
| | type | name | label::English (en) | constraint | constraint_message::English (en) |
| | select_one yn | well | Are you well? | | |
| | select_multiple need | needs | What do you need? | not(selected(., 'none') and . != 'none') | All or nothing? |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | need | none | Nothing |
| | need | work | Work |
"""  # noqa: E501 - a row is a row
    + SETTINGS
)


@pytest.mark.parametrize("onward", ["Yes", "Skip"])
async def test_ticks_that_do_not_go_together_are_asked_for_again_whichever_way_somebody_goes_on(
    phone: Phone, database: Database, organisation: Organisation, onward: str
) -> None:
    await asked(phone, database, organisation, NEEDS)
    await phone.write("/checkin")
    for pressed in ("Yes", "⬜ Nothing", "⬜ Work"):
        await phone.press(pressed)
    [refused] = await phone.press("Continue")
    assert "All or nothing?" in refused.text
    await phone.press("Back")
    [again] = await phone.press(onward)
    assert "What do you need?" in again.text
    [thanks] = await phone.press("Skip")

    assert "Thank you" in thanks.text
    assert await kept(database) == {"well": "yes", "needs": None}


async def test_p3_sixty_long_choices_stand_in_the_message_and_their_buttons_can_be_sent(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    town = "Дім & подвір'я для родини біля моря, школи чи ринку"
    rows = "".join(f"| | food | t{number} | {town} |\n" for number in range(60))
    head, _, rest = GETTING_BY.partition("| | food | enough")
    foot = rest[rest.index("| settings") :]
    await asked(phone, database, organisation, head + rows + foot)
    [question] = await phone.write("/checkin")
    keyboard = [[{"text": text, "callback_data": data}] for text, data in question.buttons.items()]

    assert question.text.count("школи чи ринку") == 60
    assert len(keyboard) == 61
    assert checked_markup({"inline_keyboard": keyboard})["inline_keyboard"] == keyboard
