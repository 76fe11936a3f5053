"""Somebody else holds the unlocked phone, and tries everything that there is to try."""

from datetime import timedelta

import pytest

from handlers.menus import command_menus
from locales.catalogues import Catalogues
from storage.organisations import Organisation
from storage.sessions import Clock, Database
from tests.handlers.phone import Phone, Said
from tests.handlers.test_entering import enrol, invite
from tests.handlers.test_opening import words_from_a_caseworker

# What she wrote, and what was written to her; neither is a word of ours in any text.
HER_WORDS = "The heron over the quarry says that he will kill me"
TELLING = ("heron", "quarry", "alone")
PHONES = ("Only I", "Sometimes others", "must not know")


def every_command() -> list[str]:
    """Those in the menu, and those that stand nowhere but work."""
    listed = next(command_menus(Catalogues.load()))["commands"]
    return [*(f"/{each.command}" for each in listed), "/queue", "/duty", "/history", "/export"]


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
        said = await phone.write(command)
        assert telling(said) == [], command
        for data in [each for one in said for each in one.buttons.values() if each]:
            pressed.add(data)
            assert telling(await phone.press_data(data)) == [], (command, data)
    assert len(pressed) > 15
    # The button that once opened a caseworker's words still stands in the chat.
    assert telling(await phone.press_data(opens)) == []
