"""Every notice and every window on a guarded phone, in every language (P4)."""

from itertools import product

import pytest

from dialogs.notices import WORDINGS, render
from dialogs.screens import Screen
from dialogs.states import WelcomeStates
from domain.notices import MANNERS, Notice
from locales.catalogues import LANGUAGES
from storage.kinds import Discretion, NoticeClass
from storage.sessions import SERVICE, Database
from tests.dialogs.params import params_of
from tests.dialogs.revealing import GUARDED, revealing
from tests.dialogs.screens import CHOICES, MADE_OF_OTHERS, TO_STRANGERS, forms_of, somebody, texts
from tests.dialogs.still import every_window, looks

# Before somebody said who reads along; whoever is watched is led past them.
BEFORE_ANYBODY_SAID = {WelcomeStates.promise, WelcomeStates.phone}


@pytest.mark.parametrize("discretion", GUARDED)
async def test_p4_no_notice_reveals_anything_on_a_guarded_phone_in_any_language(
    database: Database, discretion: Discretion
) -> None:
    to_people = [
        notice
        for notice in Notice
        if MANNERS[notice].notice_class is not NoticeClass.STAFF
        and notice not in TO_STRANGERS | MADE_OF_OTHERS
    ]
    async with database.begin(SERVICE) as session:
        returnee = await somebody(session, discretion)
        found = []
        for notice in to_people:
            params = await params_of(session, notice, returnee) if notice in WORDINGS else {}
            for content, language in product(forms_of(notice, params), LANGUAGES):
                screen = await render(session, content, texts(language, discretion), returnee)
                # On a discreet phone, what answers a press may say a little.
                if discretion is Discretion.WATCHED or screen.covers:
                    said = revealing(all_words(screen), language)
                    found += [(notice, language, word) for word in said]
    assert found == []


def all_words(screen: Screen) -> str:
    rows = screen.keyboard.inline_keyboard if screen.keyboard else []
    return "\n".join([screen.text, *(key.text for row in rows for key in row)])


async def test_p4_no_window_reveals_anything_on_a_watched_phone_in_any_language(
    database: Database,
) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await somebody(session, Discretion.WATCHED)
        windows = [each for each in every_window() if each[0] not in BEFORE_ANYBODY_SAID]
        found = []
        for (state, dialog, window), language, chosen in product(windows, LANGUAGES, CHOICES):
            said = texts(language, Discretion.WATCHED)
            seen = await looks(window, dialog, state, session, returnee, said, chosen)
            found += [(state.state, language, word) for word in revealing(seen, language)]
    assert len(windows) > 15
    assert sorted(set(found)) == []


async def test_every_window_can_be_drawn_on_every_phone(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        returnee = await somebody(session, Discretion.OPEN)
        for state, dialog, window in every_window():
            for discretion in Discretion:
                seen = await looks(
                    window, dialog, state, session, returnee, texts("en", discretion), CHOICES[1]
                )
                assert seen.strip()


def test_the_list_of_revealing_words_finds_what_an_open_phone_shows() -> None:
    for language in LANGUAGES:
        shown = texts(language, Discretion.OPEN)("I think you may be in danger. I am a machine.")
        assert revealing(shown, language)
