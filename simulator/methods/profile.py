"""What the bot says of itself: commands, name, descriptions, menu button."""

import re

from simulator.bot_api.parameters import Parameters
from simulator.errors import bad_request
from simulator.methods.targets import known_chat
from simulator.telegram import Telegram
from simulator.wire import Json, units

MOST_COMMANDS = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
DESCRIPTION_UNITS = 256
WIDE_SCOPES = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
)
CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})
TEXT_UNITS = {"name": 64, "description": 512, "short_description": 120}
MENU_BUTTONS = frozenset({"default", "commands", "web_app"})


def get_me(telegram: Telegram, parameters: Parameters) -> Json:
    return telegram.world.bot.own_view()


def set_my_commands(telegram: Telegram, parameters: Parameters) -> bool:
    commands = [_command(given) for given in parameters.objects("commands")]
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    with telegram.changing():
        telegram.world.bot.commands[_audience(parameters)] = commands
    return True


def get_my_commands(telegram: Telegram, parameters: Parameters) -> list[Json]:
    return telegram.world.bot.commands.get(_audience(parameters), [])


def delete_my_commands(telegram: Telegram, parameters: Parameters) -> bool:
    with telegram.changing():
        telegram.world.bot.commands.pop(_audience(parameters), None)
    return True


def set_my_name(telegram: Telegram, parameters: Parameters) -> bool:
    return _set_text(telegram, parameters, "name")


def get_my_name(telegram: Telegram, parameters: Parameters) -> Json:
    return _get_text(telegram, parameters, "name") or {"name": telegram.world.bot.name}


def set_my_description(telegram: Telegram, parameters: Parameters) -> bool:
    return _set_text(telegram, parameters, "description")


def get_my_description(telegram: Telegram, parameters: Parameters) -> Json:
    return _get_text(telegram, parameters, "description") or {"description": ""}


def set_my_short_description(telegram: Telegram, parameters: Parameters) -> bool:
    return _set_text(telegram, parameters, "short_description")


def get_my_short_description(telegram: Telegram, parameters: Parameters) -> Json:
    return _get_text(telegram, parameters, "short_description") or {"short_description": ""}


def set_chat_menu_button(telegram: Telegram, parameters: Parameters) -> bool:
    button = parameters.object("menu_button") or {"type": "default"}
    if button.get("type") not in MENU_BUTTONS:
        raise bad_request("MenuButton has unsupported type")
    with telegram.changing():
        telegram.world.bot.menu_buttons[_menu_place(telegram, parameters)] = button
    return True


def get_chat_menu_button(telegram: Telegram, parameters: Parameters) -> Json:
    buttons = telegram.world.bot.menu_buttons
    place = _menu_place(telegram, parameters)
    return buttons.get(place) or buttons.get("default") or {"type": "commands"}


def _command(given: Json) -> Json:
    name = str(given.get("command", "")).removeprefix("/")
    description = str(given.get("description", ""))
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= units(description) <= DESCRIPTION_UNITS:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _audience(parameters: Parameters) -> str:
    """`scope|language`; scopes of one chat are `chat:ID`, `chat_member:ID:ID` and the like."""
    scope = parameters.object("scope") or {"type": "default"}
    kind = str(scope.get("type"))
    if kind in CHAT_SCOPES and "chat_id" in scope:
        kind = ":".join(
            str(part) for part in (kind, scope["chat_id"], scope.get("user_id")) if part
        )
    elif kind not in WIDE_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    return f"{kind}|{parameters.text('language_code')}"


def _set_text(telegram: Telegram, parameters: Parameters, name: str) -> bool:
    text = parameters.text(name)
    if units(text) > TEXT_UNITS[name]:
        raise bad_request(f"{name.replace('_', ' ')} is too long")
    with telegram.changing():
        telegram.world.bot.texts[f"{name}|{parameters.text('language_code')}"] = text
        if name == "name" and text and not parameters.text("language_code"):
            telegram.world.bot.name = text
    return True


def _get_text(telegram: Telegram, parameters: Parameters, name: str) -> Json:
    texts = telegram.world.bot.texts
    text = texts.get(f"{name}|{parameters.text('language_code')}") or texts.get(f"{name}|")
    return {name: text} if text else {}


def _menu_place(telegram: Telegram, parameters: Parameters) -> str:
    if "chat_id" not in parameters:
        return "default"
    return str(known_chat(telegram, parameters).id)
