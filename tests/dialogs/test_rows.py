"""Every button can be read on a narrow phone, where Telegram cuts off what has no room."""

from contextlib import suppress
from itertools import product

import pytest
from aiogram.types import InlineKeyboardButton

from dialogs.notices import WORDINGS, render
from dialogs.rows import readable
from domain.errors import Refused
from domain.notices import MANNERS
from domain.telegram_limits import is_short
from locales.catalogues import LANGUAGES
from storage.kinds import Discretion, NoticeClass
from storage.sessions import SERVICE, Database
from tests.dialogs.params import params_of
from tests.dialogs.screens import CHOICES, MADE_OF_OTHERS, TO_STRANGERS, forms_of, somebody, texts
from tests.dialogs.still import drawn, every_window

Rows = list[list[InlineKeyboardButton]]

TO_PEOPLE = [
    notice
    for notice in set(WORDINGS) - TO_STRANGERS - MADE_OF_OTHERS
    if MANNERS[notice].notice_class is not NoticeClass.STAFF
]


def keys(*labels: str) -> list[InlineKeyboardButton]:
    return [InlineKeyboardButton(text=label, callback_data=label[:20]) for label in labels]


def labels(rows: Rows) -> list[list[str]]:
    return [[key.text for key in row] for row in rows]


def test_buttons_that_can_be_read_beside_each_other_stay_there() -> None:
    rows = [keys("🛡 Safety", "🔒 Privacy"), keys("Mon", "Tue", "Wed")]

    assert labels(readable(rows)) == labels(rows)


def test_a_button_that_cant_be_read_beside_another_has_a_row_of_its_own() -> None:
    rows = [keys("🙋 Поговорити з людиною", "Меню"), keys("✅ Mittwoch", "✅ Do", "✅ Fr")]

    assert labels(readable(rows)) == [
        ["🙋 Поговорити з людиною"], ["Меню"], ["✅ Mittwoch", "✅ Do"], ["✅ Fr"],
    ]  # fmt: skip


def test_a_picture_takes_more_room_than_a_letter_and_vowel_signs_take_none() -> None:
    assert is_short("a" * 16, 2)
    assert not is_short("☎️" + "a" * 15, 2)
    assert is_short("بَ" * 16, 2)


@pytest.mark.parametrize("discretion", Discretion)
async def test_every_label_of_the_chat_can_be_read_whole_in_every_language(
    database: Database, discretion: Discretion
) -> None:
    found = set()
    async with database.begin(SERVICE) as session:
        returnee = await somebody(session, discretion)
        said = [texts(language, discretion) for language in LANGUAGES]
        for (state, dialog, window), mine, chosen in product(every_window(), said, CHOICES):
            _, rows = await drawn(window, dialog, state, session, returnee, mine, chosen)
            found |= {(mine.language, label) for label in cut_off(readable(rows))}
        for notice in TO_PEOPLE:
            params = await params_of(session, notice, returnee)
            for content, mine in product(forms_of(notice, params), said):
                # What only carries somebody's own words has none here.
                with suppress(Refused):
                    screen = await render(session, content, mine, returnee)
                    rows = screen.keyboard.inline_keyboard if screen.keyboard else []
                    found |= {(mine.language, label) for label in cut_off(rows)}
    assert sorted(found) == []


def cut_off(rows: Rows) -> list[str]:
    return [key.text for row in rows for key in row if not is_short(key.text, len(row))]
