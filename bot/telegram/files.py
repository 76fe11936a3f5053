"""What people sent besides words, straight from Telegram: it is not kept here."""

from io import BytesIO

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiohttp import ClientError

from console.settings import NotToBeHad
from domain.errors import Refused
from domain.marks import N_

_NOT_NOW = N_("Telegram doesn't hand this recording over just now.")


async def fetch_file(bot: Bot, file_id: str) -> bytes:
    """Raises Refused, and NotToBeHad for what is too large or not there any more."""
    content = BytesIO()
    try:
        await bot.download(file_id, content)
    except TelegramBadRequest:
        raise NotToBeHad(_NOT_NOW) from None
    # Downloading is no call of aiogram's: a status, half a file and the end of patience come as
    # they are, and with the address, in which the token stands.
    except (AiogramError, ClientError, TimeoutError):
        raise Refused(_NOT_NOW) from None
    return content.getvalue()
