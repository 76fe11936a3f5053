"""Choices that no window offers: a forged one changes nothing, and is no fault of ours (P9)."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from domain.organisations import add_organisation
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.returnees import Safety
from tests.domain.directory.samples import clinic
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone, Said
from tests.handlers.services import load

# The first window, and what is pressed from there, or written where words are asked for.
WAYS = [
    ("/safety", "Hours"),
    ("/safety", "Hours", "Only on some days"),
    ("/safety", "Who reads"),
    ("/safety", "Who reads", "must not know"),
    ("/safety", "If I don't answer"),
    ("/safety", "If I don't answer", "Name somebody", "Go on", "> Artan", "> @artan_23"),
    ("/safety", "Stop word", "Choose a word"),
    ("/safety", "Who helps me"),
    ("/safety", "Who helps me", "Places not safe"),
    ("/safety", "Who helps me", "Places not safe", "Albania"),
    ("/safety", "Who helps me", "Who must not be told"),
    ("/services",),
    ("/services", "Phone numbers"),
    ("/services", "Doctor"),
    ("/services", "Doctor", "Durrës"),
    ("/privacy",),
    ("/privacy", "My region"),
    ("/language",),
]
FORGED = ["x", "", "-1", "9" * 30, "٣", "\ud800", "\0", f"{uuid4()}", "a:b"]


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
async def test_p9_a_choice_that_is_not_offered_ends_in_an_answer(
    phone: Phone, database: Database, organisation: Organisation, way: Sequence[str]
) -> None:
    await load(database, clinic(), clinic(id="second"))
    async with database.begin(SERVICE) as session:
        await add_organisation(session, "Lighthouse", country="AL")
    await enrol(phone, await invite(database, organisation))
    await _go(phone, way)
    offered = _choices(phone)
    assert offered
    for widget in offered:
        for forged in FORGED:
            if widget not in _choices(phone):
                # What was forged has led elsewhere.
                await _go(phone, way)
            await phone.press_data(f"{_choices(phone)[widget]}:{forged}")


async def test_p4_a_button_that_is_not_shown_on_a_shared_phone_does_nothing_there(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="Sometimes")
    [window] = await phone.write("/safety")
    await phone.press_data(_pressed(window, "twice"))

    assert not (await _safety(database)).second_prompt


async def test_p4_a_watched_phone_takes_no_stop_word_away_by_a_button_that_is_made_up(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/safety")
    await phone.press("A word")
    *_, window = await phone.tap()
    async with database.begin(SERVICE) as session:
        await session.execute(update(Safety).values(stop_word=b"kept"))
    await phone.press_data(_pressed(window, "none"))

    assert (await _safety(database)).stop_word == b"kept"


def _pressed(window: Said, widget: str) -> str:
    """What a button of that widget would say."""
    ours = next(data for data in window.buttons.values() if "\x1d" in data)
    return "\x1d".join((ours.partition("\x1d")[0], widget))


async def _safety(database: Database) -> Safety:
    async with database.begin(SERVICE) as session:
        return (await session.scalars(select(Safety))).one()


async def _go(phone: Phone, way: Sequence[str]) -> None:
    await phone.write(way[0])
    for step in way[1:]:
        await (phone.write(step[2:]) if step.startswith("> ") else phone.press(step))


def _choices(phone: Phone) -> dict[str, str]:
    """The widgets of the window that stands there, and what the data of theirs begins with."""
    assert phone.screen is not None
    begins = [data.partition(":")[0] for data in phone.screen.buttons.values() if ":" in data]
    return {each.partition("\x1d")[2]: each for each in begins if "\x1d" in each}
