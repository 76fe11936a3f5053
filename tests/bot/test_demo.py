import fcntl
from pathlib import Path

import pytest

from bot.demo.show import show_demo
from bot.errors import CannotOpen
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
