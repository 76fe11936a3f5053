"""The operator learns that the database's clock is not Telegram's."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.database.opening import opened
from bot.health import telegram_checks
from bot.health.check import Check
from bot.health.doctor import examine
from bot.settings import Settings
from bot.telegram.time import telegrams_time
from storage.keys.files import make_key_file
from tests.bot.archive.world import at
from tests.bot.proxies import refusing
from tests.postgres import DatabaseUrls
from tests.simulator_server import running_simulator


@pytest.mark.parametrize(
    ("ahead", "found"),
    [
        (0, Check("clock", True, "the database's is Telegram's")),
        (
            60.5,
            Check("clock", False, "the database's is 60 minutes ahead of Telegram's: set it right"),
        ),
        (
            -5.5,
            Check("clock", False, "the database's is 5 minutes behind Telegram's: set it right"),
        ),
        (None, Check("clock", True, "Telegram's server did not tell the time")),
    ],
)
async def test_the_doctor_compares_the_databases_clock_with_telegrams(
    urls: DatabaseUrls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ahead: float | None,
    found: Check,
) -> None:
    async def their_time(_: str) -> datetime | None:
        return None if ahead is None else datetime.now(UTC) - timedelta(minutes=ahead)

    monkeypatch.setattr(telegram_checks, "telegrams_time", their_time)
    make_key_file(tmp_path / "key")
    monkeypatch.chdir(tmp_path)
    async with running_simulator() as telegram:
        for name, value in {
            "DATABASE_URL": urls.run_url,
            "DATA_DIR": str(tmp_path),
            "BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
        }.items():
            monkeypatch.setenv(f"WAYHOME_{name}", value)
        async with opened(Settings(), at(urls)):
            checks = await examine()

    assert found in checks


async def test_telegrams_time_is_what_its_server_says() -> None:
    async with refusing(asyncio.Queue()) as address:
        theirs = await telegrams_time(address)
    assert theirs is not None
    assert abs(datetime.now(UTC) - theirs) < timedelta(minutes=1)


async def test_where_nobody_says_the_time_there_is_none() -> None:
    assert await telegrams_time("http://127.0.0.1:9") is None
