"""Words that come while a window waits for some, and are no answer to it."""

from collections.abc import Sequence

import pytest

from dialogs.presses import AskForHuman, KeepHours
from storage.sessions import Database
from storage.tables.organisations import Organisation
from tests.handlers.cries import EMERGENCY, all_comes, texts, words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite
from tests.handlers.forms import asked, kept
from tests.handlers.phone import Phone, Said

NAMING = ("If I don't answer", "Name somebody", "Go on")
WINDOWS = pytest.mark.parametrize(
    "window", [NAMING, ("Stop word", "Choose a word", "1")], ids=["naming", "stop word"]
)
REPLY = "Lavender street"
DIARY = """
| survey |
| | type | name | label::English (en) |
| | integer | nights | For how many nights do you have a place? |
| | text | more | What else? |
| settings |
| | form_title | form_id | default_language |
| | First days | first-days | English (en) |
"""


@pytest.fixture
async def accompanied(phone: Phone, database: Database, organisation: Organisation) -> Phone:
    """Somebody whose words are read."""
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    return phone


async def opens(phone: Phone, window: Sequence[str]) -> None:
    await phone.write("/safety")
    for step in window:
        await phone.press(step)


def taken_off(said: Sequence[Said]) -> bool:
    return any("delete" in each.content for each in said)


@WINDOWS
async def test_p1_what_answers_the_team_is_theirs_while_a_window_above_waits_for_words(
    accompanied: Phone, database: Database, organisation: Organisation, window: Sequence[str]
) -> None:
    phone = accompanied
    await opens(phone, window)
    await words_from_a_caseworker(database, organisation)
    await all_comes(database)
    said = await phone.write(REPLY)

    assert REPLY in await texts(database)
    assert not taken_off(said)


async def test_what_the_team_wrote_before_keeps_no_window_from_taking_words(
    accompanied: Phone, database: Database, organisation: Organisation
) -> None:
    phone = accompanied
    await words_from_a_caseworker(database, organisation)
    await all_comes(database)
    await opens(phone, NAMING)
    said = await phone.write("Besa")

    assert "How can they be reached?" in said[-1].text
    assert "Besa" not in await texts(database)


@WINDOWS
@pytest.mark.parametrize("elsewhere", ["/help", "/stop", "a person", "hours", EMERGENCY])
async def test_p1_whoever_did_something_else_since_answers_no_window(
    accompanied: Phone, database: Database, window: Sequence[str], elsewhere: str
) -> None:
    presses = {"a person": AskForHuman(), "hours": KeepHours()}
    phone = accompanied
    await opens(phone, window)
    if elsewhere in presses:
        await phone.press_data(presses[elsewhere].pack())
    else:
        await phone.write(elsewhere)
    said = await phone.write(REPLY)

    assert REPLY in await texts(database)
    assert not taken_off(said)


async def test_a_double_tap_that_opened_a_window_leaves_it_waiting(
    accompanied: Phone, database: Database
) -> None:
    phone = accompanied
    await opens(phone, NAMING[:-1])
    assert phone.screen is not None
    data = phone.screen.data("Go on")
    await phone.press_data(data)
    await phone.press_data(data)
    said = await phone.write("Besa")

    assert "How can they be reached?" in said[-1].text


@WINDOWS
async def test_p3_what_answers_a_check_in_is_its_answer_while_a_window_above_waits(
    phone: Phone, database: Database, organisation: Organisation, window: Sequence[str]
) -> None:
    await asked(phone, database, organisation, DIARY)
    await opens(phone, window)
    await phone.write("/checkin")
    await phone.write("4")

    assert (await kept(database))["nights"] == "4"


@WINDOWS
async def test_p3_so_it_is_where_an_edit_asks_the_question_again(
    phone: Phone, database: Database, organisation: Organisation, window: Sequence[str]
) -> None:
    await asked(phone, database, organisation, DIARY)
    await phone.write("/checkin")
    nights = phone.message(text="4")
    await phone.send(message=nights)
    await opens(phone, window)
    [again] = await phone.send(edited_message=nights | {"text": "four", "edit_date": 100})
    assert "whole number" in again.text
    await phone.write("5")

    assert (await kept(database))["nights"] == "5"
