"""Cards to print hold codes that open a chat: they are whole, and for their owner's eyes."""

import os
from pathlib import Path

import pytest

from bot.commands.invites import write_sheet
from bot.errors import CannotOpen

SHEET = "<!doctype html><p>Invite</p>"


def test_only_its_owner_reads_a_sheet_of_cards(tmp_path: Path) -> None:
    write_sheet(tmp_path / "cards of may.html", SHEET)

    assert (tmp_path / "cards of may.html").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "cards of may.html").read_text() == SHEET


def test_a_sheet_that_can_t_be_written_leaves_the_earlier_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its codes are taken back with it, and half a sheet would be printed."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    sheet = tmp_path / "cards.html"
    write_sheet(sheet, SHEET)
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(CannotOpen, match="can't be written: No space left"):
        write_sheet(sheet, f"{SHEET} another")

    assert sheet.read_text() == SHEET
    assert [path.name for path in tmp_path.iterdir()] == ["cards.html"]


def test_a_sheet_takes_the_place_of_a_sheet_and_of_nothing_else(tmp_path: Path) -> None:
    """By a slip of the hand it may be the key that stands there, and it opens everything."""
    key = tmp_path / "key"
    key.write_text('{"epochs": {}}')

    with pytest.raises(CannotOpen, match="key is no sheet of cards and is left as it is"):
        write_sheet(key, SHEET)

    assert key.read_text() == '{"epochs": {}}'
    for sheet in (SHEET, f"{SHEET} another"):
        write_sheet(tmp_path / "cards.html", sheet)
    assert (tmp_path / "cards.html").read_text() == f"{SHEET} another"
