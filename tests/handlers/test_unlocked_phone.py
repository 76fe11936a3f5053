"""Somebody else holds the unlocked phone, and tries everything that there is to try."""

from datetime import timedelta

import pytest

from handlers.menus import command_menus
from locales.catalogues import Catalogues
from storage.sessions import Clock, Database
from storage.tables.organisations import Organisation
from tests.handlers.cries import words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone, Said

# What she wrote, and what was written to her; neither is a word of ours in any text.
HER_WORDS = "The heron over the quarry says that he will kill me"
TELLING = ("heron", "quarry", "alone")
PHONES = ("Only I", "Sometimes others", "must not know")


def every_command() -> list[str]:
    """Those in the menu, and those that stand nowhere but work."""
    listed = next(command_menus(Catalogues.load()))["commands"]
    return [*(f"/{each.command}" for each in listed), "/queue", "/duty", "/history", "/export"]


def buttons_of(said: list[Said]) -> list[str]:
    return [data for one in said for data in one.buttons.values() if data]


def what_it_does(data: str) -> str:
    """Without the number of the menu in which it stands."""
    return data.rpartition("\x1d")[2]


def telling(said: list[Said]) -> list[str]:
    shown = [text for each in said for text in (each.text, *each.buttons)]
    return [word for text in shown for word in TELLING if word in text]


@pytest.mark.parametrize("reads", PHONES)
async def test_p13_no_command_and_no_button_behind_it_shows_a_past_word(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock, reads: str
) -> None:
    await enrol(phone, await invite(database, organisation), reads=reads)
    await phone.write(HER_WORDS)
    await phone.write(photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}],
                      caption=HER_WORDS)  # fmt: skip
    opens = await words_from_a_caseworker(database, organisation)
    # She has put the phone away, and somebody else takes it.
    clock.offset += timedelta(hours=25)

    pressed: set[str] = set()
    for command in every_command():
        seen = [await phone.write(command)]
        while seen:
            said = seen.pop()
            assert telling(said) == [], command
            for data in buttons_of(said):
                if what_it_does(data) not in pressed:
                    pressed.add(what_it_does(data))
                    seen.append(await phone.press_data(data))
    assert len(pressed) > 50
    # The button that once opened a caseworker's words still stands in the chat.
    assert telling(await phone.press_data(opens)) == []
