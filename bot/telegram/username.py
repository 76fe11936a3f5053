"""The bot's name, for links: asked of Telegram, since nothing else knows it."""

from aiogram.exceptions import AiogramError

from bot.errors import CannotOpen
from bot.settings import read_settings
from bot.telegram.connection import NO_BOT, REFUSES_US, connect


async def bot_username() -> str:
    """Raises CannotOpen when Telegram does not answer or refuses the token."""
    settings = read_settings()
    bot = connect(settings.token(), settings.telegram_api_url)
    try:
        username = (await bot.get_me()).username
    except NO_BOT:
        raise CannotOpen(REFUSES_US) from None
    except AiogramError:
        raise CannotOpen("Telegram did not say what the bot is called: try again.") from None
    finally:
        await bot.session.close()
    return username or ""
