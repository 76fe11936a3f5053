"""Telegram keeps back what nobody asked for, and remembers what whoever came before us wanted."""

import pytest
from aiogram import Bot
from aiogram.methods import SetWebhook

from bot.intake.kinds import UPDATE_KINDS
from domain.distress import Watch
from storage.sessions import Database
from tests.bot.intake.polls import kept_at_least, polling
from tests.bot.intake.webhooks import keeping, until_told
from tests.bot.replicas import living, new_replica
from tests.handlers.phone import handling
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator

# The dialogs' library would take these as well.
_OF_THE_LIBRARY = {"aiogd_update", "business_message"}
ELSEWHERE = "http://127.0.0.1:9/elsewhere"


@pytest.fixture
async def narrowed(bot: Bot) -> None:
    """Another program wanted messages alone."""
    await bot(SetWebhook(url=ELSEWHERE, allowed_updates=["message"]))


def test_p1_telegram_is_asked_for_every_kind_that_a_handler_waits_for() -> None:
    dispatcher = handling(Watch.load()).dispatcher

    assert {*dispatcher.resolve_used_update_types()} - _OF_THE_LIBRARY == {*UPDATE_KINDS}


async def test_p1_whoever_is_brought_updates_is_brought_all_that_are_for_us(
    narrowed: None, database: Database, urls: DatabaseUrls, bot: Bot
) -> None:
    replica = new_replica(database, urls)
    async with living(database, replica), keeping(bot, database, replica):
        await until_told(bot)
        told = await bot.get_webhook_info()

    assert told.allowed_updates == UPDATE_KINDS


async def test_p1_whoever_asks_for_updates_is_given_all_that_are_for_us(
    narrowed: None, database: Database, urls: DatabaseUrls, telegram: RunningSimulator
) -> None:
    """As that somebody has blocked the bot."""
    person = telegram.add_user()
    person.started = True
    async with polling(telegram, database, urls):
        await telegram.wait_for(lambda: telegram.calls("getUpdates"))
        telegram.simulator.phones.block(person.id)
        [update] = await kept_at_least(database, 1)

    assert "my_chat_member" in update
