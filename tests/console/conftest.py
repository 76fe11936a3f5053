import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import uvicorn

from bot.web import listen
from console.app import create_console
from console.settings import ConsoleSettings, NotToBeHad
from domain.errors import Refused
from storage.kinds import Role
from storage.sessions import Database
from tests.console.office import Office


@dataclass
class Telegram:
    """The files that Telegram keeps, at the edge of the console."""

    files: dict[str, bytes] = field(default_factory=dict)
    #: What it hands over no more.
    gone: set[str] = field(default_factory=set)

    async def fetch(self, file_id: str) -> bytes:
        if file_id in self.gone:
            raise NotToBeHad("Telegram doesn't hand this recording over just now.")
        try:
            return self.files[file_id]
        except KeyError:
            raise Refused("Telegram doesn't hand this recording over just now.") from None


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
async def settings(database: Database, telegram: Telegram) -> AsyncIterator[ConsoleSettings]:
    """Of a console that is open on this machine."""
    listening = listen("127.0.0.1", 0)
    stopping = asyncio.Event()
    settings = ConsoleSettings(
        public_url=f"http://localhost:{listening.getsockname()[1]}",
        bot_username=lambda: "wayhome_test_bot",
        stopping=stopping,
        fetch_file=telegram.fetch,
    )
    server = uvicorn.Server(
        uvicorn.Config(
            create_console(database, settings), log_config=None, lifespan="off", ws="none"
        )
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve([listening]))
        yield settings
        stopping.set()
        server.should_exit = True


@pytest.fixture
async def office(database: Database, settings: ConsoleSettings) -> Office:
    return await Office.open(database, settings, "Tirana")


@pytest.fixture
async def elsewhere(database: Database, settings: ConsoleSettings) -> Office:
    """Another organisation on the same installation, in which somebody works on cases."""
    rabat = await Office.open(database, settings, "Rabat")
    await rabat.colleague(Role.CASEWORKER, "Nadia Alami")
    return rabat
