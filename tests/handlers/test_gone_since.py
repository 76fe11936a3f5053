"""A window that was opened by somebody of whom nothing is kept any more (P9)."""

from collections.abc import Sequence

import pytest

from domain.notices import Notice
from domain.privacy.erasing import remove_person
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
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
