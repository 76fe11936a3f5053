"""Whoever mistyped the token reads so, and not that Telegram is out of reach."""

from pathlib import Path

import pytest

from bot.database.opening import opened
from bot.errors import CannotOpen
from bot.health.check import Check
from bot.health.doctor import examine
from bot.settings import Settings
from bot.telegram.username import bot_username
from storage.keys.files import make_key_file
from tests.bot.archive.world import at
from tests.postgres import DatabaseUrls
from tests.simulator_server import running_simulator

REFUSED = "Telegram refuses the token in WAYHOME_BOT_TOKEN."


@pytest.fixture
def mistyped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAYHOME_BOT_TOKEN", "4242424242:another")


@pytest.mark.usefixtures("mistyped")
async def test_whoever_invites_with_a_wrong_token_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_simulator() as telegram:
        monkeypatch.setenv("WAYHOME_TELEGRAM_API_URL", telegram.url)
        with pytest.raises(CannotOpen, match=f"^{REFUSED}$"):
            await bot_username()


@pytest.mark.usefixtures("mistyped")
async def test_the_doctor_says_that_the_token_is_wrong(
    urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_key_file(tmp_path / "key")
    monkeypatch.setenv("WAYHOME_DATABASE_URL", urls.run_url)
    monkeypatch.setenv("WAYHOME_DATA_DIR", str(tmp_path))
    async with running_simulator() as telegram:
        monkeypatch.setenv("WAYHOME_TELEGRAM_API_URL", telegram.url)
        async with opened(Settings(), at(urls)):
            checks = await examine()

    assert Check("telegram", False, REFUSED) in checks
