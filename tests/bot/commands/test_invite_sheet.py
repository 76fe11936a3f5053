"""Cards to print hold codes that open a chat: they are whole, and for their owner's eyes."""

import asyncio
import os
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from typer.testing import CliRunner

from bot.commands.invites import new_sheet
from bot.commands.main import app
from bot.errors import CannotOpen
from domain.organisations import add_organisation
from storage.keys.files import make_key_file, read_key_file
from storage.sessions import SERVICE, Clock, Database
from storage.wakes import Wakes
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator

SHEET = "<!doctype html><p>Invite</p>"
FAILS = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
    AS $$BEGIN RAISE EXCEPTION 'the disk is full'; END$$
"""
AT_THE_COMMIT = """
CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON invite DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION fail()
"""


def write_sheet(path: Path, cards: str) -> None:
    with new_sheet(path, cards):
        """Nothing goes wrong meanwhile."""


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

    with (
        pytest.raises(CannotOpen, match="can't be written: No space left"),
        new_sheet(sheet, f"{SHEET} another"),
    ):
        pytest.fail("Its codes would be kept.")

    assert sheet.read_text() == SHEET
    assert [path.name for path in tmp_path.iterdir()] == ["cards.html"]


async def test_a_sheet_whose_codes_can_t_be_kept_leaves_the_earlier_one_where_it_was(
    tmp_path: Path, urls: DatabaseUrls, telegram: RunningSimulator
) -> None:
    """Else cards would be printed that open nothing, and those that do would be gone."""
    make_key_file(tmp_path / "key")
    database = Database(urls.run_url, read_key_file(tmp_path / "key"), Clock(), Wakes())
    async with database.begin(SERVICE) as session:
        await add_organisation(session, "Centre", country="AL")
    await database.close()
    engine = create_async_engine(urls.owner_url)
    async with engine.begin() as connection:
        for statement in (FAILS, AT_THE_COMMIT):
            await connection.execute(text(statement))
    await engine.dispose()
    env = {
        "WAYHOME_BOT_TOKEN": telegram.token,
        "WAYHOME_DATABASE_URL": urls.run_url,
        "WAYHOME_DATA_DIR": str(tmp_path),
        "WAYHOME_TELEGRAM_API_URL": telegram.url,
    }
    (tmp_path / "cards").mkdir()
    sheet = tmp_path / "cards" / "may.html"
    write_sheet(sheet, SHEET)

    line = ["invite", "--org", "Centre", "--sheet", str(sheet)]
    typed = await asyncio.to_thread(CliRunner().invoke, app, line, env=env)

    assert (typed.exit_code, typed.stdout) == (1, "")
    assert "the disk is full" in str(typed.exception)
    assert sheet.read_text() == SHEET
    assert [path.name for path in sheet.parent.iterdir()] == ["may.html"]


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
