"""Telegram is told where to bring updates by whichever replica leads, and told again."""

from datetime import timedelta

from aiogram import Bot
from aiogram.methods import DeleteWebhook, SetWebhook
from structlog.testing import capture_logs
from structlog.typing import EventDict

from storage.inbox.under_way import may_lie_at_telegram
from storage.sessions import SERVICE, Database
from tests.bot.intake.webhooks import OURS, SECRET, keeping, until_told
from tests.bot.replicas import living, new_replica, until_so
from tests.domain.outages import nothing_waited_at_telegram
from tests.faults.world import until
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator


async def until_unreached_again(said: list[EventDict]) -> None:
    def times() -> int:
        return [line["action"] for line in said].count("intake.unreached")

    before = times()
    await until_so(lambda: times() > before + 1)


async def all_has_come(database: Database) -> bool:
    async with database.begin(SERVICE) as session:
        return not await may_lie_at_telegram(session)


async def test_p1_an_address_that_another_program_took_away_is_told_again(
    database: Database, urls: DatabaseUrls, bot: Bot
) -> None:
    replica = new_replica(database, urls)
    async with living(database, replica), keeping(bot, database, replica):
        await until_told(bot)
        with capture_logs() as said:
            await bot(DeleteWebhook())
            await until_told(bot)
            await bot(SetWebhook(url="http://127.0.0.1:9/elsewhere"))
            await until_told(bot)

    assert [line["action"] for line in said if line["action"].startswith("intake")] == [
        "intake.conflict",
        "intake.conflict",
    ]


async def test_p3_each_look_that_finds_nothing_waiting_at_telegram_is_noted(
    database: Database, urls: DatabaseUrls, bot: Bot
) -> None:
    """Also after a change from asking for it, or nobody's silence would count any more."""
    await nothing_waited_at_telegram(database, timedelta(hours=2))
    replica = new_replica(database, urls)
    async with living(database, replica), keeping(bot, database, replica):
        await until(lambda: all_has_come(database))


async def test_p3_what_telegram_can_not_bring_may_be_an_answer_until_nothing_waits_there(
    database: Database, urls: DatabaseUrls, bot: Bot, telegram: RunningSimulator
) -> None:
    """Also for whoever takes over: to tell it our address once more brings nothing."""
    await nothing_waited_at_telegram(database, timedelta(minutes=2))
    telegram.send_text(telegram.add_user(), "Yes")
    with capture_logs() as said:
        for _ in range(2):
            replica = new_replica(database, urls)
            async with living(database, replica), keeping(bot, database, replica):
                await until_unreached_again(said)
                assert not await all_has_come(database)

    telegram.simulator.world.pending.clear()
    replica = new_replica(database, urls)
    async with living(database, replica), keeping(bot, database, replica):
        await until(lambda: all_has_come(database))


async def test_p1_it_is_told_without_asking_where_it_was(
    database: Database, urls: DatabaseUrls, bot: Bot, telegram: RunningSimulator
) -> None:
    """Whatever stands in for Telegram may not know, and would bring nothing for ever."""
    telegram.fail("500", "getWebhookInfo")
    replica = new_replica(database, urls)
    async with living(database, replica), keeping(bot, database, replica):
        await telegram.wait_for(lambda: telegram.simulator.world.webhook)


async def test_p1_whoever_takes_over_from_one_that_polled_tells_where_to_bring_updates(
    database: Database, urls: DatabaseUrls, bot: Bot
) -> None:
    polls, replica = new_replica(database, urls), new_replica(database, urls)
    async with keeping(bot, database, replica):
        async with living(database, polls), living(database, replica):
            await until_so(lambda: polls.leads)
            await bot(DeleteWebhook())
        async with living(database, replica):
            await until_told(bot)


async def test_p3_an_address_that_telegram_does_not_take_is_told_and_answers_may_lie_there(
    database: Database, urls: DatabaseUrls, bot: Bot
) -> None:
    await nothing_waited_at_telegram(database, timedelta(minutes=2))
    replica = new_replica(database, urls)
    with capture_logs() as said:
        async with (
            living(database, replica),
            keeping(bot, database, replica, "http://example.org/telegram"),
        ):
            await until_so(lambda: any(line["action"] == "intake.refused" for line in said))
            assert not await all_has_come(database)


async def test_p1_what_telegram_can_not_bring_is_told_while_it_waits_there(
    database: Database, urls: DatabaseUrls, bot: Bot, telegram: RunningSimulator
) -> None:
    replica = new_replica(database, urls)
    with capture_logs() as said:
        async with living(database, replica), keeping(bot, database, replica):
            await until_told(bot)
            telegram.send_text(telegram.add_user(), "Help me")
            await until_so(lambda: any(line["action"] == "intake.unreached" for line in said))


async def test_p1_another_word_at_our_own_address_is_told_anew_once_nothing_comes(
    database: Database, urls: DatabaseUrls, bot: Bot, telegram: RunningSimulator
) -> None:
    """As where somebody tried the address by hand: nobody can ask which word Telegram uses."""

    def word() -> str | None:
        webhook = telegram.simulator.world.webhook
        return webhook.secret_token if webhook else None

    replica = new_replica(database, urls)
    async with living(database, replica), keeping(bot, database, replica):
        await until_told(bot)
        await bot(SetWebhook(url=OURS, secret_token="another"))
        telegram.send_text(telegram.add_user(), "Help me")
        await until_so(lambda: word() == SECRET)
