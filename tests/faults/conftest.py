import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.embedded.postgres import EmbeddedPostgres
from tests.faults.plugin import Share
from tests.faults.world import World, world
from tests.forking.nursery import Nursery
from tests.postgres import create_database, drop_database

NewWorld = Callable[..., AbstractAsyncContextManager[World]]

# On a machine that is busy with all else, too, the longest of them takes ten minutes.
_SECONDS = 1200
_SECONDS_FOR_ALL = 3600


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seconds = _SECONDS_FOR_ALL if config.option.faults_share > 1 / 20 else _SECONDS
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(seconds))


@pytest.fixture
def random(share: Share, request: pytest.FixtureRequest) -> Random:
    """Of its own for each test, and the same at each run of one seed."""
    return Random(f"{share.seed} {request.node.name}")


@pytest.fixture
def new_world(
    nursery: Nursery, postgres: EmbeddedPostgres, migrated_template: str, tmp_path: Path
) -> NewWorld:
    """Worlds on fresh databases of the session's PostgreSQL."""

    @asynccontextmanager
    async def make(**options: Any) -> AsyncIterator[World]:
        name = f"test_{uuid.uuid4().hex}"
        urls = await create_database(postgres, name, migrated_template, planned_as_in_life=True)
        (folder := tmp_path / name).mkdir()
        try:
            async with world(nursery, urls.run_url, folder, **options) as made:
                yield made
        finally:
            await drop_database(postgres, name)

    return make
