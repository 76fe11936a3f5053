"""The operator learns that what people write doesn't come in, though everything else is well."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.app import App
from bot.database.opening import opened
from bot.health.check import Check
from bot.health.doctor import examine
from bot.health.telegram_checks import _webhook_secret
from bot.intake.webhook import webhook_routes
from bot.settings import Settings
from bot.telegram.connection import connect
from storage.inbox.clock_ahead import ahead_by, note_ahead
from storage.keys.files import make_key_file
from storage.sessions import SERVICE, Database
from tests.bot.archive.world import at
from tests.bot.proxies import Tried, refusing
from tests.bot.replicas import living, new_replica
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator, running_simulator


async def told() -> Check:
    return next(check for check in await examine() if check.name == "webhook")


def test_the_doctor_minds_a_word_between_us_and_telegram_that_can_be_guessed() -> None:
    for secret, ok in (("s3cret", False), ("between-us-two-and-nobody-else", True)):
        known = Settings(webhook_url="https://example.org", webhook_secret=SecretStr(secret))
        assert _webhook_secret(known).ok is ok


@pytest.mark.parametrize(("secret", "actions"), [("s", ["intake.guessable"]), ("s" * 16, [])])
def test_whoever_runs_with_a_word_that_can_be_guessed_reads_so_in_the_log(
    database: Database, secret: str, actions: list[str]
) -> None:
    with capture_logs() as said:
        webhook_routes(database, secret)

    assert [line["action"] for line in said] == actions


async def is_refused(telegram: RunningSimulator, tried: Tried) -> None:
    """Once it is tried again, it is known that the first time failed."""
    telegram.send_text(telegram.add_user(), "Help me")
    async with asyncio.timeout(10):
        assert {await tried.get(), await tried.get()} == {"/telegram"}


async def test_p1_the_doctor_says_when_telegram_can_not_bring_what_people_write(
    urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_key_file(tmp_path / "key")
    monkeypatch.chdir(tmp_path)
    tried: Tried = asyncio.Queue()
    async with running_simulator() as telegram, refusing(tried) as address:
        for name, value in {
            "DATABASE_URL": urls.run_url,
            "DATA_DIR": str(tmp_path),
            "BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "WEBHOOK_URL": address,
            "WEBHOOK_SECRET": "between-us-two-and-nobody-else",
        }.items():
            monkeypatch.setenv(f"WAYHOME_{name}", value)
        async with opened(Settings(), at(urls)) as database:
            assert (await told()).ok
            async with living(database, new_replica(database, urls)):
                nowhere = await told()
        async with connect(telegram.token, telegram.url) as bot:
            await bot.set_webhook("http://localhost/elsewhere")
            elsewhere = await told()
            await bot.set_webhook(f"{address}/telegram")
            assert (await told()).ok
        await is_refused(telegram, tried)
        refused = await told()
    assert not nowhere.ok
    assert not elsewhere.ok
    assert "http://localhost/elsewhere" in elsewhere.detail
    assert not refused.ok
    assert "502 Bad Gateway" in refused.detail
    assert "1 wait there" in refused.detail


async def test_p4_a_clock_that_was_ahead_while_we_asked_is_not_taken_for_that_with_a_webhook(
    database: Database, urls: DatabaseUrls, telegram: RunningSimulator
) -> None:
    """Nobody could take it back any more: what waited for minutes would count as just asked."""
    settings = Settings(
        bot_token=SecretStr(telegram.token),
        telegram_api_url=telegram.url,
        webhook_url="https://example.org",
        webhook_secret=SecretStr("s" * 16),
    )
    async with database.begin(SERVICE) as session:
        await note_ahead(session, timedelta(minutes=10))
    app = App(settings, database, urls.run_url)
    app.stopping.set()
    await app._take_in()
    await app.bot.session.close()

    async with database.begin(SERVICE) as session:
        assert await ahead_by(session) == timedelta()
