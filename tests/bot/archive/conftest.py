from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.embedded.postgres import EmbeddedPostgres
from bot.settings import Settings
from tests.bot.archive.world import World, fill, settings_in
from tests.postgres import HASTE, DatabaseUrls, create_database


@pytest.fixture
def settings(tmp_path: Path, urls: DatabaseUrls) -> Settings:
    """As `wayhome run` has them."""
    return settings_in(tmp_path / "here", urls.run_url)


@dataclass(frozen=True, slots=True)
class Filled:
    """A database with a world in it, to copy from: to fill one takes ten times as long."""

    template: str
    world: World


@pytest.fixture(scope="session")
async def filled(
    postgres: EmbeddedPostgres, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Filled:
    name = "template_filled"
    urls = await create_database(postgres, name, migrated_template)
    settings = settings_in(tmp_path_factory.mktemp("filled") / "here", urls.run_url)
    return Filled(name, await fill(settings, urls))


@pytest.fixture
def database_template(request: pytest.FixtureRequest, migrated_template: str) -> str:
    if "world" not in request.fixturenames:
        return migrated_template
    filled: Filled = request.getfixturevalue("filled")
    return filled.template


@pytest.fixture
def world(filled: Filled, urls: DatabaseUrls) -> World:
    return filled.world


@pytest.fixture
def elsewhere(tmp_path: Path, empty_database: DatabaseUrls) -> Settings:
    """Of the same key, for another database in which there is nothing, as its owner."""
    return settings_in(tmp_path / "there", empty_database.owner_url)


@pytest.fixture
async def new_server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres.start(tmp_path / "new-server", HASTE)
    yield postgres
    postgres.stop()
