"""Words that come while a window waits for some, and are no answer to it."""

from collections.abc import Sequence
from typing import Any

import pytest

from dialogs.presses import AskForHuman, KeepHours
from storage.sessions import Database
from storage.tables.organisations import Organisation
from tests.handlers.cries import EMERGENCY, all_comes, texts, words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite
from tests.handlers.forms import asked, kept
from tests.handlers.phone import Phone, Said
from tests.handlers.stop_words import WORD

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


CARD: dict[str, Any] = {"contact": {"phone_number": "+355 69 123 4567", "first_name": "Besa"}}
STICKER: dict[str, Any] = {
    "sticker": {
        "file_id": "S1",
        "file_unique_id": "s",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": "🙂",
    }
}


@pytest.fixture(params=["alone", "in a talk"])
async def anybody(
    phone: Phone, database: Database, organisation: Organisation, request: pytest.FixtureRequest
) -> Phone:
    await enrol(phone, await invite(database, organisation))
    if request.param == "in a talk":
        await phone.write("/help")
    return phone


async def test_p14_the_card_of_whom_they_name_gives_their_name_alone(
    anybody: Phone, database: Database
) -> None:
    await opens(anybody, NAMING)
    said = await anybody.write(**CARD)
    assert "How can they be reached?" in said[-1].text
    assert taken_off(said)

    again = await anybody.write(**CARD)
    assert "Please send a phone number or a user name" in again[-1].text
    said = await anybody.write("+355 69 765 4321")
    assert "For how long" in said[-1].text
    assert not [text for text in await texts(database) if "4567" in (text or "")]


async def test_a_card_that_names_them_is_kept_for_nobody(
    accompanied: Phone, database: Database
) -> None:
    await opens(accompanied, NAMING)
    said = await accompanied.write(**CARD)

    assert "number-unseen" not in [each.notice for each in said]
    assert "Besa" not in await texts(database)


async def test_a_window_that_waits_for_a_name_says_so_again_where_a_sticker_comes(
    anybody: Phone,
) -> None:
    await opens(anybody, NAMING)
    said = await anybody.write(**STICKER)
    assert "first name or one word" in said[-1].text

    said = await anybody.write("Besa")
    assert "How can they be reached?" in said[-1].text


@pytest.mark.parametrize("beside", [CARD, STICKER], ids=["a card", "a sticker"])
async def test_whoever_sends_no_words_goes_on_choosing_their_stop_word(
    anybody: Phone, beside: dict[str, Any]
) -> None:
    await opens(anybody, ("Stop word", "Choose a word", "1"))
    said = await anybody.write(**beside)
    assert "six letters or more" in said[-1].text

    await anybody.write(WORD)
    said = await anybody.write(**beside)
    assert "send it once more" in said[-1].text
    said = await anybody.write(WORD)
    assert "That was the rehearsal" in said[-1].text


async def test_what_telegram_tells_of_the_chat_answers_no_window(
    accompanied: Phone, database: Database
) -> None:
    await opens(accompanied, NAMING)
    pinned = accompanied.message(text="…")
    assert await accompanied.write(pinned_message=pinned) == []
