"""Asking Telegram, at the start, what can't be done without: waited for when out of reach."""

from typing import TypeVar

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramRetryAfter
from aiogram.methods import TelegramMethod

from bot.errors import CannotOpen, code_of
from bot.stopping import Stopping
from bot.telegram.connection import NO_BOT, REFUSES_US, lacks_method

log = structlog.get_logger()

Answer = TypeVar("Answer")

_RETRY = 3.0


async def until_answered(
    bot: Bot, call: TelegramMethod[Answer], stopping: Stopping
) -> Answer | None:
    """What Telegram says; None when it was time to stop before, or it does not know the method.
    Raises CannotOpen where it refuses the token.
    """
    while not stopping.is_set():
        try:
            return await bot(call)
        except NO_BOT as error:
            if not lacks_method(error):
                raise CannotOpen(REFUSES_US) from None
            log.info("it goes without that", action="describe.later", error=code_of(error))
            return None
        except TelegramRetryAfter as error:
            log.warning("Telegram wants us to wait", action="greet.wait", error=code_of(error))
            await stopping.pause(error.retry_after)
        except AiogramError as error:
            log.warning("Telegram is out of reach", action="greet.wait", error=code_of(error))
            await stopping.pause(_RETRY)
    return None
