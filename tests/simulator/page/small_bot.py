"""A bot with a little of everything that a phone can show."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

COMMANDS = {
    "": {"help": "A person to talk to", "services": "Places that help"},
    "ar": {"help": "شخص تتحدث إليه", "services": "أماكن تساعد"},
}
WELCOME = (
    "<b>Welcome home.</b>\n\nI can find help near you and ask how you are. "
    "<i>A person reads what you write to me.</i>"
)
CHOICES = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="I am safe", callback_data="safe")],
        [
            InlineKeyboardButton(text="What do you keep?", callback_data="keep"),
            InlineKeyboardButton(text="Not now", callback_data="later"),
        ],
    ]
)
PLACES = ReplyKeyboardMarkup(
    keyboard=[
        [KeyboardButton(text="Health"), KeyboardButton(text="Work")],
        [KeyboardButton(text="My contact", request_contact=True)],
    ],
    resize_keyboard=True,
    input_field_placeholder="Choose a need",
)


async def _welcome(message: Message, command: CommandObject) -> None:
    await message.answer(WELCOME, reply_markup=CHOICES)


async def _services(message: Message) -> None:
    await message.answer("What do you need?", reply_markup=PLACES)


async def _health(message: Message) -> None:
    await message.answer(
        'The <a href="https://example.org/clinic">clinic</a> is open today.',
        reply_markup=ReplyKeyboardRemove(),
    )


async def _echo(message: Message) -> None:
    await message.reply(message.html_text or "Thank you.")


async def _safe(press: CallbackQuery) -> None:
    await press.answer("Thank you for telling us")
    assert isinstance(press.message, Message)
    await press.message.edit_text("You are safe. We are glad.")


async def _keep(press: CallbackQuery) -> None:
    await press.answer("Only what helps us to help you.", show_alert=True)


async def _later(press: CallbackQuery) -> None:
    await press.answer()
    assert isinstance(press.message, Message)
    await press.message.delete()


def _dispatcher() -> Dispatcher:
    dispatcher = Dispatcher()
    dispatcher.message.register(_welcome, CommandStart())
    dispatcher.message.register(_services, Command("services"))
    dispatcher.message.register(_health, F.text == "Health")
    dispatcher.message.register(_echo)
    dispatcher.callback_query.register(_safe, F.data == "safe")
    dispatcher.callback_query.register(_keep, F.data == "keep")
    dispatcher.callback_query.register(_later, F.data == "later")
    return dispatcher


@asynccontextmanager
async def small_bot(bot: Bot) -> AsyncIterator[None]:
    """Listens while the block runs."""
    bot.default = DefaultBotProperties(parse_mode="HTML")
    for language, commands in COMMANDS.items():
        await bot.set_my_commands(
            [BotCommand(command=name, description=about) for name, about in commands.items()],
            scope=BotCommandScopeAllPrivateChats(),
            language_code=language or None,
        )
    dispatcher, started = _dispatcher(), asyncio.Event()
    dispatcher.startup.register(started.set)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(
            dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
        )
        await started.wait()
        yield
        await dispatcher.stop_polling()
