import json
from typing import Any

import pytest
from aiogram.fsm.state import StatesGroup
from aiogram_dialog.utils import encode_reply_callback
from sqlalchemy import delete, select

from dialogs import states
from dialogs.presses import AskForHuman, ClaimCase
from domain.staff import add_staff
from storage.kinds import OutboxState, Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.service import DialogState
from tests.documents import content_of
from tests.handlers.cries import cases, notices, texts
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import OURS, ROW, Phone, Said


def is_menu(text: str) -> bool:
    return "What do you need?" in text


async def test_p9_a_button_of_a_forgotten_dialog_opens_a_fresh_menu(
    phone: Phone, database: Database
) -> None:
    await phone.write("/start")
    assert phone.screen is not None
    old = phone.screen.data("English")
    async with database.begin(SERVICE) as session:
        await session.execute(delete(DialogState))
    [menu] = await phone.press_data(old)

    assert is_menu(menu.text)
    assert "fresh menu" in (phone.toast.text or "")


async def test_p9_a_button_of_an_earlier_window_opens_a_fresh_menu(phone: Phone) -> None:
    await phone.write("/start")
    assert phone.screen is not None
    old = phone.screen.data("English")
    await phone.press("English")
    await phone.press("Find help")
    [menu] = await phone.press_data(old, message_id=3)

    assert is_menu(menu.text)


async def test_a_button_of_a_window_that_is_pressed_twice_leads_where_it_led_the_first_time(
    phone: Phone, database: Database
) -> None:
    [services] = await phone.write("/services")
    async with database.begin(SERVICE) as session:
        arrived = await session.get_one(OutboxRow, services.row.id)
        arrived.state, arrived.message_id = OutboxState.SENT, 77
    [menu] = await phone.press_data(services.data("Menu"), message_id=77)
    [again] = await phone.press_data(services.data("Menu"), message_id=77)

    assert is_menu(menu.text)
    assert (again.text, again.buttons) == (menu.text, menu.buttons)
    assert phone.toast.text is None


async def test_p9_a_fresh_menu_comes_below_and_takes_the_last_ones_place(phone: Phone) -> None:
    await phone.write("/start")
    [menu] = await phone.press("English")
    old = menu.data("Find help")
    await phone.write("/start")
    for _ in range(2):
        [fresh] = await phone.press_data(old, message_id=3)
        assert is_menu(fresh.text)
        assert fresh.content["edit"] is None


@pytest.mark.parametrize("text", ["/start", "hello"])
async def test_p9_a_state_that_a_deploy_took_away_strands_nobody(
    phone: Phone, database: Database, text: str
) -> None:
    await phone.write("/start")
    await phone.press("English")
    await lose_states(database)
    [menu] = await phone.write(text)

    assert menu.buttons
    [services] = await phone.write("/services")
    assert services.buttons


async def test_p9_help_is_given_even_to_somebody_whose_dialog_is_lost(
    phone: Phone, database: Database
) -> None:
    await phone.write("/start")
    await phone.press("English")
    await lose_contexts(database)
    said = await phone.write("/help")

    assert "help-asked" in [each.notice for each in said]


@pytest.mark.parametrize("words", ["please /help, my leg hurts", "/help my leg hurts"])
async def test_p9_words_around_help_call_somebody_and_are_kept_though_a_dialog_is_lost(
    phone: Phone, database: Database, words: str
) -> None:
    await phone.write("/start")
    await phone.press("English")
    await lose_contexts(database)
    said = await phone.write(words)

    assert "help-asked" in notices(said)
    assert await texts(database) == [words]


@pytest.mark.parametrize("presses", [True, False])
async def test_staff_whose_dialog_is_lost_are_no_person_of_ours_and_do_next_what_they_wanted(
    phone: Phone, database: Database, organisation: Organisation, presses: bool
) -> None:
    """Who had the menu open before they joined."""
    await phone.write("/start")
    await phone.press("English")
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, Role.CASEWORKER)
    await phone.write(f"/start {new.telegram_code}")
    await lose_contexts(database)
    if presses:
        assert await phone.press_data(ClaimCase(code="AB-1234").pack()) == []
        assert phone.toast.text == "That did not work. Nothing was changed."
    else:
        assert notices(await phone.write("/help")) == ["staff-hint"]
    assert await cases(database) == []
    assert notices(await phone.write("/queue")) == ["staff-queue"]


async def test_p9_a_command_does_what_it_says_in_a_lost_state(
    phone: Phone, database: Database
) -> None:
    """A menu that comes instead would stand on the screen that they want empty."""
    await phone.write("/start")
    await phone.press("English")
    await lose_states(database)

    assert notices(await phone.write("/hide")) == ["hidden"]


async def test_p9_a_button_that_needs_no_dialog_does_the_right_thing_in_a_lost_state(
    phone: Phone, database: Database
) -> None:
    await phone.write("/start")
    await phone.press("English")
    await lose_states(database)

    assert notices(await phone.press_data(AskForHuman().pack())) == ["help-asked"]


async def test_p9_a_command_that_answers_an_older_window_does_what_it_says(phone: Phone) -> None:
    await phone.write("/start")
    [menu] = await phone.press("English")
    older = phone.message(text=menu.text) | {"from": OURS, "reply_markup": keys_of(menu)}
    await phone.write("/services")

    assert notices(await phone.write("/hide", reply_to_message=older)) == ["hidden"]


def keys_of(said: Said) -> dict[str, Any]:
    line = [{"text": text, "callback_data": data} for text, data in said.buttons.items()]
    return {"inline_keyboard": [line]}


async def lose_states(database: Database) -> None:
    """As if the states had been renamed: what is stored names what no longer exists."""
    async with database.begin(SERVICE) as session:
        for row in await session.scalars(select(DialogState)):
            data = session.keys.open(row.data, "dialog state")
            renamed = data.replace("MenuStates:", "GoneStates:")
            row.data = session.keys.seal(renamed, "dialog state")


@pytest.mark.parametrize(
    "data", ["zzz", "c:nonsense", "k:CASE", "h:more", "🙂", "p:1", "\x1d", "a\x1db"]
)
async def test_p9_a_button_that_nobody_knows_opens_a_fresh_menu(phone: Phone, data: str) -> None:
    [menu] = await phone.press_data(data)

    assert is_menu(menu.text)


async def test_p5_a_double_press_does_no_harm(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/privacy")
    assert phone.screen is not None
    change = phone.screen.data("Voice")
    [once] = await phone.press_data(change)
    [twice] = await phone.press_data(change)

    for said in (once, twice):
        assert any(label.startswith("▫️ Voice") for label in said.buttons)
    [again] = await phone.press("▫️ Voice")
    assert any(label.startswith("✅ Voice") for label in again.buttons)


def test_p9_the_states_that_chats_remember_never_vanish() -> None:
    """Add to this list; a name that was ever released stays."""
    released = {
        "LanguageStates:choose",
        "MenuStates:main",
        "NamingStates:about",
        "NamingStates:how",
        "NamingStates:until",
        "NamingStates:who",
        "PrivacyStates:kept",
        "PrivacyStates:main",
        "PrivacyStates:read",
        "PrivacyStates:region",
        "SafetyStates:country",
        "SafetyStates:main",
        "SafetyStates:phone",
        "SafetyStates:days",
        "SafetyStates:pictures",
        "SafetyStates:silence",
        "SafetyStates:visible",
        "SafetyStates:window",
        "ServicesStates:card",
        "ServicesStates:country",
        "ServicesStates:need",
        "ServicesStates:numbers",
        "ServicesStates:numbers_country",
        "ServicesStates:place",
        "StopWordStates:about",
        "StopWordStates:again",
        "StopWordStates:rehearsed",
        "StopWordStates:signs",
        "StopWordStates:word",
        "WelcomeStates:consent",
        "WelcomeStates:country",
        "WelcomeStates:full",
        "WelcomeStates:hours",
        "WelcomeStates:journey",
        "WelcomeStates:notice",
        "WelcomeStates:phone",
        "WelcomeStates:pictures",
        "WelcomeStates:promise",
        "WelcomeStates:silence",
        "WelcomeStates:simple",
        "WishesStates:countries",
        "WishesStates:main",
        "WishesStates:partners",
        "WishesStates:places",
    }
    groups = [group for group in vars(states).values() if isinstance(group, type(StatesGroup))]

    assert released == {name for group in groups for name in group.__all_states_names__}


async def test_p1_a_flood_of_words_leaves_one_window_waiting_before_the_crisis_message(
    phone: Phone, database: Database
) -> None:
    for _ in range(4):
        await phone.write("blah")
    await phone.write("He locked me in and he will kill me")

    async with database.begin(SERVICE) as session:
        waiting = await session.scalars(
            select(OutboxRow)
            .where(OutboxRow.state == OutboxState.WAITING)
            .order_by(OutboxRow.number)
        )
        said = [content_of(row, session.keys) for row in waiting]
    assert ["window" in content for content in said] == [True, False]
    assert said[1]["notice"] == "crisis"


@pytest.mark.parametrize(
    "unseen",
    ["\u200c\u200c", "\u00ad\u00ad", "\u200d" * 5, "\u2064\U0001d17a", encode_reply_callback("m")],
)
async def test_p1_help_is_help_whatever_cannot_be_seen_behind_it(phone: Phone, unseen: str) -> None:
    """aiogram-dialog reads a press of a button out of such letters, and drops the message."""
    said = await phone.write(f"/help{unseen}")
    assert "help-asked" in [each.notice for each in said]


async def test_a_message_of_nothing_that_can_be_seen_presses_nothing(phone: Phone) -> None:
    await phone.write("/help")
    await phone.write("/stop")
    said = await phone.write(encode_reply_callback("w"))
    assert "resumed" not in [each.notice for each in said]


async def test_a_made_up_button_of_a_dialog_shows_no_menu_in_a_group(phone: Phone) -> None:
    chat = {"id": -1009, "type": "supergroup", "title": "Team"}
    query = {
        "id": "1",
        "from": phone.user,
        "chat_instance": "1",
        "message": phone.message(text="…") | {"chat": chat},
        "data": "abcdef\x1dmenu",
    }
    assert await phone.send(callback_query=query) == []


async def test_p1_help_that_answers_a_message_of_nobody_is_help(phone: Phone) -> None:
    nobodys = {"message_id": 1, "date": 0, "chat": {"id": phone.user["id"], "type": "private"}}
    [answer] = await phone.write("/help", reply_to_message=nobodys)

    assert answer.notice == "help-asked"


@pytest.mark.parametrize(
    "where", [{"message": None}, {"message": None, "inline_message_id": "far"}]
)
async def test_p9_a_button_whose_message_telegram_does_not_name_is_answered_in_a_new_one(
    phone: Phone, where: dict[str, Any]
) -> None:
    [menu] = await phone.write("/start")
    [asked] = await phone.press_data(AskForHuman().pack(), **where)
    [numbers] = await phone.press_data(asked.data("Ukraine"), **where)
    [window] = await phone.press_data(menu.data("English"), **where)

    assert asked.notice == "help-asked"
    assert "Phone numbers in Ukraine" in numbers.text
    assert numbers.content["edit"] is None
    assert "I am Wayhome" in window.text


@pytest.mark.usefixtures("worker")
async def test_p4_what_is_opened_in_a_new_message_is_covered_there(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    [answer] = await phone.write("/help")
    await phone.press_data(answer.data("See"), message=None)
    said: list[Said] = []
    for picture in ROW:
        assert phone.screen is not None
        said = await phone.press_data(phone.screen.data(picture), message=None)
    opened, covered = said

    assert "nobody is on duty" in opened.text
    assert opened.content["edit"] is None
    assert covered.content["edit"] == opened.row.stand_in


async def lose_contexts(database: Database) -> None:
    """What is stored says that a dialog is open, and no more."""
    async with database.begin(SERVICE) as session:
        for row in await session.scalars(select(DialogState)):
            kept = json.loads(session.keys.open(row.data, "dialog state"))
            left = {name: each for name, each in kept.items() if "context" not in name}
            row.data = session.keys.seal(json.dumps(left), "dialog state")
