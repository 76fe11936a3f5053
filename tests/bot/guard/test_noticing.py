"""The doctor says whether somebody outside looks."""

import json
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, update

from bot.guard.noticing import note_look
from bot.health.check import Check
from bot.health.doctor import examine
from storage.sessions import SERVICE, Database
from storage.tables.service import Fact
from tests.postgres import DatabaseUrls


@pytest.fixture(autouse=True)
def _installation(urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The key that the tests' database is written with.
    kept = {"epochs": {"1": b64encode(b"k" * 32).decode()}}
    (tmp_path / "key").write_text(json.dumps(kept))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAYHOME_DATABASE_URL", urls.run_url)
    monkeypatch.setenv("WAYHOME_DATA_DIR", str(tmp_path))


async def on_the_guard() -> Check:
    return next(check for check in await examine() if check.name == "guard")


async def looked(database: Database, minutes_ago: int) -> None:
    async with database.begin(SERVICE) as session:
        await note_look(session)
        then = func.clock_timestamp() - timedelta(minutes=minutes_ago)
        await session.execute(update(Fact).values(changed_at=then))


async def test_no_guard_at_all_is_a_choice_and_said() -> None:
    check = await on_the_guard()

    assert check.ok
    assert "nobody outside would notice" in check.detail


async def test_p2_a_guard_that_no_longer_looks_is_a_fault(database: Database) -> None:
    await looked(database, minutes_ago=1)
    assert (await on_the_guard()).ok

    await looked(database, minutes_ago=6)
    check = await on_the_guard()
    assert not check.ok
    assert check.detail.startswith("none has looked since 20")
