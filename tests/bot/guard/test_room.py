"""A full disk stops what people write, and little else: a guard and the doctor ask for it."""

from pathlib import Path

import pytest

from bot.embedded.postgres import EmbeddedPostgres
from bot.guard.looking import dialling, look
from bot.health.check import Check
from bot.health.doctor import examine
from storage.keys.files import make_key_file
from storage.sessions import Database
from tests.bot.full_disks import fill
from tests.bot.serving_health import TICK, asking
from tests.postgres import DatabaseUrls

FULL = "the database's disk takes no more"


async def test_p1_a_disk_that_takes_no_more_is_what_a_guard_hears(
    urls: DatabaseUrls, database: Database, postgres: EmbeddedPostgres
) -> None:
    async with asking(database) as replica, dialling() as guard:
        await replica.clockwork.tick(TICK)
        assert await look(guard, replica.url.rstrip("/")) is None
        await fill(postgres, urls)
        await database.engine.dispose()
        assert await look(guard, replica.url.rstrip("/")) == FULL
        # Whoever spreads the load is better served by a replica that can show what there is.
        assert await replica.problems() == []


async def test_the_doctor_says_that_the_disk_takes_no_more(
    urls: DatabaseUrls,
    postgres: EmbeddedPostgres,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    make_key_file(tmp_path / "key")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAYHOME_DATABASE_URL", urls.run_url)
    monkeypatch.setenv("WAYHOME_DATA_DIR", str(tmp_path))
    assert await on_the_disk() == Check("disk", True, "the database's takes more")

    await fill(postgres, urls)
    assert await on_the_disk() == Check("disk", False, f"{FULL}: make room")


async def on_the_disk() -> Check:
    return next(check for check in await examine() if check.name == "disk")
