"""What the bot says of itself."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    MenuButtonCommands,
    MenuButtonDefault,
)

from simulator.memory.users import User
from tests.simulator.conformance import plain
from tests.simulator_server import RunningSimulator

HELP = BotCommand(command="help", description="Ask for a person")
AIDE = BotCommand(command="help", description="Demander quelqu'un")


async def test_commands_are_kept_by_scope_and_language(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    await bot.set_my_commands([HELP])
    await bot.set_my_commands([AIDE], language_code="fr")
    await bot.set_my_commands([], scope=BotCommandScopeAllGroupChats())
    await bot.set_my_commands([HELP], scope=BotCommandScopeChat(chat_id=amal.id))
    [kept] = await bot.get_my_commands(language_code="fr")
    assert plain(kept) == plain(AIDE)
    assert telegram.simulator.world.bot.commands.keys() == {
        "default|",
        "default|fr",
        "all_group_chats|",
        f"chat:{amal.id}|",
    }
    await bot.delete_my_commands(language_code="fr")
    assert await bot.get_my_commands(language_code="fr") == []


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([BotCommand(command="Help!", description="x")], "BOT_COMMAND_INVALID"),
        ([BotCommand(command="x" * 33, description="x")], "BOT_COMMAND_INVALID"),
        ([BotCommand(command="help", description="")], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([HELP] * 101, "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_impossible_commands_are_refused(
    bot: Bot, commands: list[BotCommand], reason: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.set_my_commands(commands)


async def test_names_and_descriptions_are_kept_by_language(bot: Bot) -> None:
    await bot.set_my_name("Way home")
    assert (await bot.get_me()).first_name == "Way home"
    assert (await bot.get_my_name(language_code="ar")).name == "Way home"
    await bot.set_my_description("We walk with you")
    await bot.set_my_description("Nous marchons avec vous", language_code="fr")
    assert (await bot.get_my_description()).description == "We walk with you"
    assert (await bot.get_my_description("fr")).description == "Nous marchons avec vous"
    assert (await bot.get_my_short_description()).short_description == ""
    await bot.set_my_short_description("For people who return")
    assert (await bot.get_my_short_description()).short_description == "For people who return"
    with pytest.raises(TelegramBadRequest, match="short description is too long"):
        await bot.set_my_short_description("x" * 121)


async def test_the_menu_button_can_differ_by_chat(bot: Bot, amal: User) -> None:
    assert isinstance(await bot.get_chat_menu_button(), MenuButtonCommands)
    await bot.set_chat_menu_button(amal.id, MenuButtonDefault())
    assert isinstance(await bot.get_chat_menu_button(amal.id), MenuButtonDefault)
    assert isinstance(await bot.get_chat_menu_button(), MenuButtonCommands)


async def test_a_chat_action_must_be_one(bot: Bot, amal: User) -> None:
    await bot.send_chat_action(amal.id, "typing")
    with pytest.raises(TelegramBadRequest, match="wrong parameter action"):
        await bot.send_chat_action(amal.id, "dancing")
