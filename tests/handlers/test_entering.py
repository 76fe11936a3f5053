from storage.sessions import Database
from tests.handlers.phone import Phone, buttons_of, text_of


async def test_start_asks_for_the_language_in_every_languages_own_name(
    database: Database,
) -> None:
    [window] = await Phone(database).write("/start")

    assert "language" in text_of(window)
    assert {"Shqip", "العربية", "Українська"} <= buttons_of(window).keys()
    assert len(buttons_of(window)) == 13


async def test_a_chosen_language_leads_to_the_menu(database: Database) -> None:
    phone = Phone(database)
    await phone.write("/start")
    [menu] = await phone.press("English")

    assert "machine" in text_of(menu)
