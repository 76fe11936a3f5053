import fcntl
import io
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from bot.demo.show import show_demo, tell_of_a_shell
from bot.errors import CannotOpen
from bot.settings import Settings, read_settings
from tests.process import free_port


async def test_a_second_demo_on_one_folder_is_refused_before_it_touches_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be a second replica, with a Telegram of its own: each would get half of what the
    other's phones write.
    """
    monkeypatch.setenv("WAYHOME_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WAYHOME_PORT", str(free_port()))
    monkeypatch.setenv("WAYHOME_PHONES_PORT", str(free_port()))
    (tmp_path / "demo").mkdir()
    with (tmp_path / "demo" / "demo.lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        with pytest.raises(CannotOpen, match=f"A demo runs in {tmp_path / 'demo'} already"):
            await show_demo(fresh=False, scenario=None)

    assert not (tmp_path / "demo" / "phones.json").exists()


def test_what_is_printed_for_a_shell_leads_away_from_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its database may be named where the demo was begun, and commands would work on that."""
    monkeypatch.chdir(tmp_path)

    def printed() -> str:
        said = io.StringIO()
        demo = Settings(data_dir=tmp_path / "demo", bot_token=SecretStr("1:demo"))
        tell_of_a_shell(Console(file=said, highlight=False), read_settings(), demo)
        return said.getvalue()

    assert "unset" not in printed()
    (tmp_path / "wayhome.toml").write_text('database_url = "postgresql://localhost/live"')
    assert f"cd {tmp_path / 'demo'}\n  unset WAYHOME_DATABASE_URL " in printed()
