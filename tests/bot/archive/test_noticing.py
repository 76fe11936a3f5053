"""That backups come is seen from outside."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.archive.taking import take_backup
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
