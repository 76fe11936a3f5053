"""That backups come is seen from outside."""

import json
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from bot.archive.taking import Backup, take_backup
from bot.commands.main import app
from bot.database.opening import opened
from bot.health.check import Check
from bot.health.doctor import examine
from bot.settings import Settings
from storage.sessions import SERVICE, Database
from storage.tables.service import Fact, KeyEpoch
from tests.bot.archive.world import at, database_at
from tests.bot.serving_health import asking
from tests.postgres import DatabaseUrls

AGE = "wayhome_backup_age_seconds"


async def told(settings: Settings, patch: pytest.MonkeyPatch) -> Check:
    assert settings.database_url is not None
    patch.chdir(settings.data_dir)
    patch.setenv("WAYHOME_DATABASE_URL", settings.database_url.get_secret_value())
    patch.setenv("WAYHOME_DATA_DIR", str(settings.data_dir))
    return next(check for check in await examine() if check.name == "backup")


async def three_days_pass(database: Database) -> None:
    async with database.begin(SERVICE) as session:
        for column in (KeyEpoch.created_at, Fact.changed_at):
            await session.execute(
                update(column.class_).values({column: column - timedelta(days=3)})
            )


async def test_an_old_backup_or_none_for_days_is_told_until_a_new_one_is_taken(
    settings: Settings, urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(settings, at(urls)):
        assert (await told(settings, monkeypatch)).ok
    database = database_at(urls, settings)
    for _ in ("none at all", "an old one"):
        await three_days_pass(database)
        assert not (await told(settings, monkeypatch)).ok
        async with asking(database) as health:
            assert (await health.metrics())[AGE] > timedelta(days=2).total_seconds()
        await take_backup(settings, tmp_path / "backup")
        assert (await told(settings, monkeypatch)).ok
        async with asking(database) as health:
            assert (await health.metrics())[AGE] < timedelta(days=1).total_seconds()
    await database.close()


async def test_a_backup_that_the_database_cannot_note_stands_in_its_place_all_the_same(
    settings: Settings, urls: DatabaseUrls, tmp_path: Path
) -> None:
    async with opened(settings, at(urls)):
        pass
    assert (await take_backup(settings, tmp_path / "backup")).noted
    owner = create_async_engine(urls.owner_url, poolclass=NullPool)
    async with owner.begin() as connection:
        name = await connection.scalar(text("SELECT current_database()"))
        # Such as one that stands by for another: it gives every row, and takes none.
        await connection.execute(
            text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        )
    await owner.dispose()
    taken = await take_backup(settings, tmp_path / "backup")
    assert not taken.noted
    assert taken.file.stat().st_size == taken.bytes > 0


@pytest.mark.parametrize("noted", [True, False])
def test_a_backup_that_is_not_noted_is_said_to_be_whole_and_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noted: bool
) -> None:
    made = Backup(tmp_path / "backup", 1, datetime.now(UTC), "0001", 1, {}, noted)

    def carry_out(work: Coroutine[object, object, Backup]) -> Backup:
        work.close()
        return made

    monkeypatch.setattr("bot.commands.backup.carry_out", carry_out)
    answer = CliRunner().invoke(app, ["backup", str(made.file), "--json"])
    assert answer.exit_code == 0
    assert ("backup is whole" in answer.stderr) is not noted
    assert json.loads(answer.stdout)["noted"] is noted
