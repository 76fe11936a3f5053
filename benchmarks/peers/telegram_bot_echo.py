"""An echo bot on python-telegram-bot, with its persistence.

python -m benchmarks.peers.telegram_bot_echo URL TOKEN [UPDATES_AT_ONCE]

By default, python-telegram-bot looks at one update after the other.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import (
    ApplicationBuilder,
    CallbackContext,
    CallbackQueryHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

Context = CallbackContext[Any, dict[Any, Any], dict[Any, Any], dict[Any, Any]]


async def echo(update: Update, context: Context) -> None:
    _count(context)
    if update.message is not None:
        await update.message.reply_text(update.message.text or "")


async def press(update: Update, context: Context) -> None:
    _count(context)
    if update.callback_query is not None:
        await update.callback_query.answer()
        await update.callback_query.edit_message_text(update.callback_query.data or "")


def _count(context: Context) -> None:
    """Something to be kept of everybody."""
    assert context.chat_data is not None
    context.chat_data["updates"] = context.chat_data.get("updates", 0) + 1


def main(url: str, token: str, at_once: str = "1") -> None:
    with tempfile.TemporaryDirectory() as folder:
        persistence: Any = PicklePersistence(Path(folder) / "kept.pickle")
        builder = ApplicationBuilder().token(token).base_url(f"{url}/bot").persistence(persistence)
        # Its pool lets 256 calls go side by side, which is for as many updates at once.
        application = builder.concurrent_updates(int(at_once)).build()
        application.add_handler(MessageHandler(filters.TEXT, echo))
        application.add_handler(CallbackQueryHandler(press))
        application.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
