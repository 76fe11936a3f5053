"""What Telegram shows of the bot beside its messages: it says nothing about who writes here."""

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import (
    GetMyDescription,
    GetMyShortDescription,
    SetMyDescription,
    SetMyShortDescription,
)

from bot.errors import code_of
from handlers.menus import descriptions
from locales.catalogues import Catalogues

log = structlog.get_logger()

# Words that a bot's name must not hold: whoever looks at the list of chats reads it.
_TELLING = (
    "traffick", "victim", "surviv", "refuge", "migra", "return", "asyl", "help", "aid", "rescue",
    "safe", "counsel", "shelter", "crisis", "iom", "unhcr", "ngo",
)  # fmt: skip


async def describe(bot: Bot, catalogues: Catalogues) -> None:
    """Best effort: Telegram lets a bot change this seldom, and the next start tries again."""
    try:
        for language, words in descriptions(catalogues):
            await _describe(bot, language, words)
    except AiogramError as error:
        log.info("the description stays as it is", action="describe.later", error=code_of(error))


async def _describe(bot: Bot, language: str | None, words: str) -> None:
    """Only what is not there yet."""
    long = await bot(GetMyDescription(language_code=language))
    if long.description != words:
        await bot(SetMyDescription(description=words, language_code=language))
    short = await bot(GetMyShortDescription(language_code=language))
    if short.short_description != words:
        await bot(SetMyShortDescription(short_description=words, language_code=language))


def tells(name: str) -> bool:
    """Whether the bot's name says what it is for."""
    return any(word in name.casefold() for word in _TELLING)
