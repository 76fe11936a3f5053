from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.embedded.postgres import EmbeddedPostgres
from bot.settings import Settings
from tests.bot.archive.world import World, fill, settings_in
from tests.postgres import HASTE, DatabaseUrls


@pytest.fixture
def settings(tmp_path: Path, urls: DatabaseUrls) -> Settings:
    """As `wayhome run` has them."""
    return settings_in(tmp_path / "here", urls.run_url)


@pytest.fixture
async def world(settings: Settings, urls: DatabaseUrls) -> World:
    return await fill(settings, urls)


@pytest.fixture
def elsewhere(tmp_path: Path, empty_database: DatabaseUrls) -> Settings:
    """Of the same key, for another database in which there is nothing, as its owner."""
    return settings_in(tmp_path / "there", empty_database.owner_url)


@pytest.fixture
async def new_server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres.start(tmp_path / "new-server", HASTE)
    yield postgres
    postgres.stop()
