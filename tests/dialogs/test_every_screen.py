"""Every notice and every window on a guarded phone, in every language (P4)."""

from itertools import product
from typing import Any

import pytest

from dialogs.notices import WORDINGS, render
from dialogs.screens import Screen
from dialogs.states import WelcomeStates
from dialogs.texts import Texts
from domain.directory.needs import Need
from domain.notices import MANNERS, Notice
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee
from domain.stop_word.choosing import SIGNS
from locales.catalogues import LANGUAGES
from storage.kinds import Discretion, NoticeClass
from storage.outbox.contents import Notification
from storage.sessions import SERVICE, Database, Session
from storage.tables.returnees import Returnee
from tests.dialogs.params import params_of
from tests.dialogs.revealing import CATALOGUES, GUARDED, revealing
from tests.dialogs.still import every_window, looks

# Before somebody said who reads along; whoever is watched is led past them.
BEFORE_ANYBODY_SAID = {WelcomeStates.promise, WelcomeStates.phone}
# Only ever told to somebody of whom nothing is kept, and so no discretion either.
TO_STRANGERS = {Notice.NOTHING_KEPT}
#: Made by a notice from another one's params.
MADE_OF_OTHERS = {Notice.REVEALED, Notice.CONCEALED}
CHOICES: list[dict[str, Any]] = [
    {"signs": SIGNS[0]},
    {
        "need": Need.HEALTH,
        "numbers": "AL",
        "taps": [1],
        "first": [1, 2, 3, 4],
        "signs": SIGNS[1],
        "refused": "short",
    },
    {"need": Need.SHELTER, "numbers": "UA", "differs": True, "asked": 1, "signs": SIGNS[2]},
]


async def somebody(session: Session, discretion: Discretion) -> Returnee:
    organisation = await add_organisation(session, "Harbour", country="AL")
    return await add_returnee(session, 1001, organisation, "en", discretion=discretion)


def texts(language: str, discretion: Discretion) -> Texts:
    return Texts(language, discretion, CATALOGUES.of(language))


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


def forms_of(notice: Notice, params: dict[str, Any]) -> list[Notification]:
    """As it comes; and as it is covered again, where there is something to cover."""
    content = Notification(notice, params)
    if notice not in WORDINGS or WORDINGS[notice].bare:
        return [content]
    return [content, Notification(Notice.CONCEALED, {"notice": notice, "params": params})]


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
        shown = texts(language, Discretion.OPEN)(
            "I think you may be in danger. I am a machine, so I have shown your words to people of "
            "our team."
        )
        assert revealing(shown, language)
