"""Cards to print hold codes that open a chat: they are whole, and for their owner's eyes."""

import os
from pathlib import Path

import pytest

from bot.commands.people import write_new
from domain.errors import Refused


def test_only_its_owner_reads_a_sheet_of_cards(tmp_path: Path) -> None:
    write_new(tmp_path / "cards of may.html", "<p>Invite</p>")

    assert (tmp_path / "cards of may.html").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "cards of may.html").read_text() == "<p>Invite</p>"


def test_a_sheet_that_can_t_be_written_leaves_the_earlier_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its codes are taken back with it, and half a sheet would be printed."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    sheet = tmp_path / "cards.html"
    write_new(sheet, "the earlier one")
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(Refused, match="can't be written: No space left"):
        write_new(sheet, "another")

    assert sheet.read_text() == "the earlier one"
    assert [path.name for path in tmp_path.iterdir()] == ["cards.html"]
