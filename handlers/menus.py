"""The menu of commands, worded so that it says nothing on whoever's screen it stands."""

from collections.abc import Iterator
from typing import TypedDict

from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats

from domain.marks import N_
from locales.catalogues import LANGUAGES, Catalogues

_COMMANDS = {
    "start": N_("Begin"),
    "help": N_("Contact"),
    "services": N_("Places"),
    "checkin": N_("Questions"),
    "language": N_("Language"),
    "safety": N_("Settings"),
    "hide": N_("Empty this chat"),
    "privacy": N_("About"),
    "stop": N_("Pause"),
}


class Menu(TypedDict):
    """What setMyCommands takes."""

    scope: BotCommandScopeAllPrivateChats
    language_code: str | None
    commands: list[BotCommand]


def command_menus(catalogues: Catalogues) -> Iterator[Menu]:
    """In each language that Telegram has a two-letter code for, and in English for all others."""
    yield _menu(catalogues, None)
    for language in LANGUAGES:
        if len(language) == 2:
            yield _menu(catalogues, language)


def _menu(catalogues: Catalogues, language: str | None) -> Menu:
    return Menu(
        scope=BotCommandScopeAllPrivateChats(),
        language_code=language,
        commands=_commands(catalogues, language or "en"),
    )


def _commands(catalogues: Catalogues, language: str) -> list[BotCommand]:
    catalogue = catalogues.of(language)
    return [
        BotCommand(command=command, description=catalogue.gettext(description))
        for command, description in _COMMANDS.items()
    ]
