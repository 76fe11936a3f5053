"""The menu of commands, worded so that it says nothing on whoever's screen it stands."""

from collections.abc import Iterator, Mapping
from typing import TypedDict

from aiogram.methods import DeleteMyCommands, SetMyCommands
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from domain.marks import N_
from domain.returnees.phone import discretion_now
from locales.catalogues import LANGUAGES, Catalogues
from storage.kinds import Discretion
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff

#: All that there are for people who returned.
COMMANDS = {
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
OF_STAFF = {"start": N_("Begin"), "queue": N_("Queue"), "duty": N_("Duty")}

# What the bot says of itself in an empty chat and on its page; its name is the operator's choice.
_DESCRIPTION = N_("Places and opening hours near you.")
# On a phone that somebody dangerous reads. All others work there, too, when they are typed.
_ON_A_WATCHED_PHONE = {each: COMMANDS[each] for each in ("start", "services", "language")}


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


def descriptions(catalogues: Catalogues) -> Iterator[tuple[str | None, str]]:
    """In the same languages."""
    for language in (None, *(each for each in LANGUAGES if len(each) == 2)):
        yield language, catalogues.of(language or "en").gettext(_DESCRIPTION)


def commands_of_chat(
    chat_id: int, whose: Returnee | Staff | None, catalogues: Catalogues
) -> SetMyCommands | DeleteMyCommands:
    """In the person's language, whatever their phone speaks; a stranger's where it is nobody's any
    more.
    """
    scope = BotCommandScopeChat(chat_id=chat_id)
    if whose is None:
        return DeleteMyCommands(scope=scope)
    commands = _commands(catalogues, whose.language, _known_to(whose))
    return SetMyCommands(scope=scope, commands=commands)


def _known_to(whose: Returnee | Staff) -> Mapping[str, str]:
    """The same for a watched phone and a frozen chat, so that freezing changes nothing that is
    seen.
    """
    if isinstance(whose, Staff):
        return OF_STAFF
    return _ON_A_WATCHED_PHONE if discretion_now(whose) is Discretion.WATCHED else COMMANDS


def _menu(catalogues: Catalogues, language: str | None) -> Menu:
    return Menu(
        scope=BotCommandScopeAllPrivateChats(),
        language_code=language,
        commands=_commands(catalogues, language or "en", COMMANDS),
    )


def _commands(
    catalogues: Catalogues, language: str, commands: Mapping[str, str]
) -> list[BotCommand]:
    catalogue = catalogues.of(language)
    return [
        BotCommand(command=command, description=catalogue.gettext(description))
        for command, description in commands.items()
    ]
