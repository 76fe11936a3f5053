"""The two commands as an operator types them, beside a running replica."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.archive.taking import Backup
from bot.commands.main import app
from bot.keys import rotating
from bot.keys.rotating import Rotated
from storage.keys.files import make_key_file
from tests.process import Operator
from tests.simulator_server import RunningSimulator

pytestmark = pytest.mark.timeout(400)


async def test_the_embedded_database_gets_new_keys_and_a_backup_while_it_serves_and_moves_elsewhere(
    operator: Operator, telegram: RunningSimulator, tmp_path: Path
) -> None:
    operator.env["WAYHOME_DATABASE_URL"] = ""
    await operator.ask("org", "add", "Centre")
    person = telegram.add_user("Amal")
    async with operator.running() as process:
        telegram.send_text(person, "he locked me in and took my passport")
        await telegram.wait_for(lambda: telegram.from_bot(person) or None, 30)
        rotated = await operator.ask("keys", "rotate")
        assert (rotated["epoch"], rotated["unreadable"], rotated["in_place"]) == (2, 0, True)
        before = len(telegram.from_bot(person))
        telegram.send_text(person, "/services")
        await telegram.wait_for(lambda: len(telegram.from_bot(person)) > before or None, 30)
        made = await operator.ask("backup", "now.backup")
        assert process.returncode is None
    assert set(made) >= {"file", "bytes", "taken_at", "schema", "epoch", "rows"}
    assert (made["file"], made["epoch"], made["rows"]["returnee"]) == ("now.backup", 2, 1)

    code, told, err = await operator.type("restore", "now.backup", "--drill")
    assert code == 0, err
    assert "as many as were backed up" in told
    assert "(RPO)" in told
    assert "(RTO)" in told
    assert told.startswith("This was a drill")
    assert "What only people can make good" not in told

    cases = await operator.ask("cases")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o711)
    (tmp_path / "key").rename(elsewhere / "key")
    operator.env["WAYHOME_DATA_DIR"] = str(elsewhere)
    restored = await operator.ask("restore", "now.backup")

    assert restored["rows"] == made["rows"]
    assert (restored["drill"], restored["unreadable"]) == (False, 0)
    assert restored["rpo_seconds"] > 0 < restored["rto_seconds"]
    assert restored["recovered"]["cases_alerted"] == 1
    assert await operator.ask("cases") == cases
    async with operator.running():
        telegram.send_text(person, "he is back, please help me, he locked me in again")
        await telegram.wait_for(lambda: len(telegram.from_bot(person)) > 1 or None, 30)


def test_p1_the_new_backup_is_to_be_copied_away_before_the_others_are_destroyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = Backup(tmp_path / "keys-2.backup", 1, datetime.now(UTC), "1", 2, {}, noted=True)

    async def rotated(*_: object, **__: object) -> Rotated:
        return Rotated(2, 0, 0, taken, tmp_path / "key", in_place=True)

    monkeypatch.setattr(rotating, "rotate", rotated)
    told = CliRunner().invoke(app, ["keys", "rotate"]).output
    assert told.index(f"copy {taken.file} away") < told.index("custodians")
    assert told.index("custodians") < told.index("destroy all backups")


def test_what_is_refused_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_key_file(tmp_path / "key")
    (tmp_path / "other").write_text("something else")
    monkeypatch.setenv("WAYHOME_DATA_DIR", str(tmp_path))

    refused = CliRunner().invoke(app, ["restore", str(tmp_path / "other")])

    assert refused.exit_code == 1
    assert refused.output == "This file is no backup of Wayhome.\n"
