"""`wayhome doctor` where the database is away: everything else is looked at all the same."""

from pathlib import Path

import pytest

from bot.health.check import Check
from bot.health.doctor import examine
from storage.keys.files import make_key_file
from tests.simulator_server import running_simulator

# Nobody listens there.
NOWHERE = "postgresql://wayhome@127.0.0.1:9/wayhome"
WEBHOOK = "https://wayhome.example"


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAYHOME_DATABASE_URL", NOWHERE)
    monkeypatch.setenv("WAYHOME_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WAYHOME_WEBHOOK_URL", WEBHOOK)
    monkeypatch.setenv("WAYHOME_WEBHOOK_SECRET", "between-us-two-and-nobody-else")
    return monkeypatch


async def found() -> dict[str, Check]:
    return {check.name: check for check in await examine()}


async def test_telegram_and_the_webhook_are_looked_at_though_the_database_is_away(
    away: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_key_file(tmp_path / "key")
    async with running_simulator() as telegram:
        away.setenv("WAYHOME_BOT_TOKEN", telegram.token)
        away.setenv("WAYHOME_TELEGRAM_API_URL", telegram.url)
        checks = await found()

    assert {name for name, check in checks.items() if check.ok} == {
        "console",
        "key file",
        "name",
        "telegram",
        "webhook secret",
    }
    assert {name for name, check in checks.items() if not check.ok} == {"database", "webhook"}
    assert "brings updates nowhere" in checks["webhook"].detail


@pytest.mark.usefixtures("away")
async def test_what_is_missing_besides_is_said_together(tmp_path: Path) -> None:
    checks = await found()

    assert {name for name, check in checks.items() if not check.ok} == {
        "database",
        "key file",
        "telegram",
    }
    assert checks["key file"].detail.startswith(f"{tmp_path / 'key'} can't be looked at")


@pytest.mark.usefixtures("away")
async def test_p6_a_draft_of_the_key_file_that_a_killed_command_left_is_named(
    tmp_path: Path,
) -> None:
    make_key_file(tmp_path / "key")
    (tmp_path / ".key.deadbeef").write_bytes((tmp_path / "key").read_bytes())
    (tmp_path / ".key.by-hand").touch()
    check = (await found())["key file"]

    assert not check.ok
    assert check.detail.endswith(f"delete {tmp_path / '.key.deadbeef'}")


@pytest.mark.parametrize(
    ("url", "works"),
    [
        ("https://wayhome.example.org", True),
        ("http://localhost:8080", True),
        ("http://wayhome.example.org", False),
        ("https://10.0.0.1", False),
        ("https://[fd00::1]:8443", False),
    ],
)
async def test_passkeys_are_said_to_work_where_browsers_offer_them_and_at_no_bare_number(
    away: pytest.MonkeyPatch, url: str, works: bool
) -> None:
    away.setenv("WAYHOME_PUBLIC_URL", url)

    console = (await found())["console"]

    assert console.ok
    assert console.detail.startswith(f"{'passkeys work' if works else 'no passkeys'} at {url}")
