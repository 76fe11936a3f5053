import gc
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.async_api import Browser, async_playwright, expect

from bot.embedded.postgres import EmbeddedPostgres
from storage.keys.keyring import Keyring
from storage.schema import migrate
from storage.sessions import Clock, Database
from storage.wakes import Wakes
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.forking.nursery import Nursery
from tests.forking.nursery import nursery as new_nursery
from tests.postgres import HASTE, Compiled, DatabaseUrls, create_database, drop_database
from tests.process import Operator, operator_of
from tests.recycling import Place, Recycling
from tests.simulator_server import RunningSimulator, running_simulator
from tests.standbys import Pair, primary_and_standby

pytest_plugins = ["tests.faults.plugin"]

# How long an example takes says nothing on a busy machine. In CI the examples stay the same. Fifty
# times as many, half an hour or more of them:
# make test ARGS="-m hypothesis tests/domain --hypothesis-profile long --timeout 0"
settings.register_profile("wayhome", deadline=None, derandomize="CI" in os.environ)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile("wayhome")

# As in a replica (bot/commands/main.py): what was imported and collected stays until the end.
gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


# What tests write is gone soon, and a database made for each costs a tenth in memory of what it
# costs on a disk.
MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    running = EmbeddedPostgres.start(tmp_path_factory.mktemp("data"), HASTE)
    yield running
    running.stop()


@pytest.fixture(scope="session")
async def lasting_pair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    async with primary_and_standby(tmp_path_factory.mktemp("pair")) as running:
        yield running


@pytest.fixture
async def pair(lasting_pair: Pair) -> AsyncIterator[Pair]:
    """A database with every table and nothing in them, and its standby."""
    yield lasting_pair
    await lasting_pair.empty()


@pytest.fixture
async def empty_database(postgres: EmbeddedPostgres) -> AsyncIterator[DatabaseUrls]:
    name = f"test_{uuid.uuid4().hex}"
    yield await create_database(postgres, name)
    await drop_database(postgres, name)


@pytest.fixture(scope="session")
async def migrated_template(postgres: EmbeddedPostgres) -> str:
    """The name of a database with every table, to copy from."""
    name = "template_wayhome"
    await migrate((await create_database(postgres, name)).owner_url)
    return name


@pytest.fixture(scope="session")
async def recycling(
    postgres: EmbeddedPostgres, migrated_template: str, compiled: Compiled
) -> AsyncIterator[Recycling]:
    recycling = Recycling(postgres, migrated_template, compiled)
    yield recycling
    await recycling.end()


@pytest.fixture
def database_template(migrated_template: str) -> str:
    """What a fresh database is a copy of."""
    return migrated_template


@pytest.fixture
async def database_place(
    request: pytest.FixtureRequest,
    postgres: EmbeddedPostgres,
    database_template: str,
    recycling: Recycling,
) -> AsyncIterator[Place]:
    """A database with every table and nothing in them. Whoever asks for its address, with which
    tables themselves can be changed, has a fresh one.
    """
    if "urls" in request.fixturenames:
        name = f"test_{uuid.uuid4().hex}"
        yield Place(await create_database(postgres, name, database_template))
        await drop_database(postgres, name)
    else:
        async with recycling.lent() as place:
            yield place


@pytest.fixture
def urls(database_place: Place) -> DatabaseUrls:
    """A fresh database with every table."""
    return database_place.urls


@pytest.fixture
def keys() -> Keyring:
    return Keyring({1: b"k" * 32})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def compiled() -> Compiled:
    return Compiled()


@pytest.fixture
async def database(
    database_place: Place, keys: Keyring, clock: Clock, compiled: Compiled
) -> AsyncIterator[Database]:
    """With nothing in it, entered as `wayhome run` enters it."""
    database = Database(database_place.urls.run_url, keys, clock, Wakes())
    compiled.share(database.engine)
    engine = database.engine.sync_engine
    engine.pool = database_place.pool or engine.pool
    yield database
    if engine.pool is not database_place.pool:
        await database.close()


@pytest.fixture
def morning(clock: Clock) -> None:
    """It is a Monday morning, whenever the test runs."""
    set_clock(clock, MORNING)


@pytest.fixture
async def centre(database: Database, clock: Clock) -> Centre:
    return await Centre.open(database, clock)


@pytest.fixture(scope="session")
async def nursery() -> AsyncIterator[Nursery]:
    """`wayhome` without the seconds of its start: whoever starts it often forks it."""
    async with new_nursery() as running:
        yield running


@pytest.fixture
async def telegram() -> AsyncIterator[RunningSimulator]:
    async with running_simulator() as running:
        yield running


@pytest.fixture
def operator(
    tmp_path: Path, urls: DatabaseUrls, telegram: RunningSimulator, nursery: Nursery
) -> Operator:
    """Whose Wayhome talks to that Telegram."""
    return operator_of(tmp_path, urls.run_url, telegram, nursery)


# Milliseconds. How fast a page is is measured elsewhere; a busy machine fails no test.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            # The same browser without what draws its own windows takes a fifth less.
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                # A microphone that hums.
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
            ],
        )
        yield browser
        await browser.close()
