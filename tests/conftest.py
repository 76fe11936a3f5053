import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.embedded.postgres import EmbeddedPostgres
from tests.postgres import HASTE, Database, create_database, drop_database


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    running = EmbeddedPostgres.start(tmp_path_factory.mktemp("data"), HASTE)
    yield running
    running.stop()


@pytest.fixture
async def empty_database(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    name = f"test_{uuid.uuid4().hex}"
    yield await create_database(postgres, name)
    await drop_database(postgres, name)
