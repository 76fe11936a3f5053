from handlers.menus import command_menus
from locales.catalogues import Catalogues

COMMANDS = ["start", "help", "services", "checkin", "language", "safety", "hide", "privacy", "stop"]


def test_the_commands_stand_in_the_menu_in_every_language_that_telegram_knows() -> None:
    menus = list(command_menus(Catalogues.load()))

    assert menus[0]["language_code"] is None
    assert {"en", "ar", "uk", "sq"} <= {menu["language_code"] for menu in menus}
    assert "ary" not in {menu["language_code"] for menu in menus}
    for menu in menus:
        assert [command.command for command in menu["commands"]] == COMMANDS


def test_the_menu_of_commands_says_nothing_to_who_looks_over_a_shoulder() -> None:
    for command in next(iter(command_menus(Catalogues.load())))["commands"]:
        assert "help" not in command.description.lower()
        assert len(command.description) >= 1
