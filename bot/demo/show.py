"""`wayhome demo`: everything on this machine, with nothing to configure."""

import asyncio
import shlex
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console

from bot.app import App
from bot.database.opening import database_urls, opened
from bot.delivery.pace import Pace
from bot.demo.scenes import SCENES, playing
from bot.demo.seed import Seeded, seed, ways_in
from bot.demo.time import TimeMachine
from bot.embedded.postgres import forget
from bot.errors import CannotOpen
from bot.logs import log_to
from bot.settings import Settings, read_settings
from bot.web import listen
from simulator.server import HOST, serving
from simulator.simulator import Simulator
from simulator.telegram import NotSaved, NoWorld
from storage.sessions import SERVICE, Database

# Belongs to the simulator and opens nothing anywhere else.
_TOKEN = "4242424242:AA-simulated"  # noqa: S105

# Its own Telegram has no limits, and a day that is skipped through should not take a day.
_PACE = Pace(per_second=1000, per_chat=timedelta(), burst=1)


async def show_demo(*, fresh: bool, scenario: str | None) -> None:
    """Runs until Ctrl-C. Raises CannotOpen and EmbeddedError, with one sentence.

    `scenario` is one of SCENES.
    """
    scene = SCENES[scenario] if scenario is not None else None
    say = Console(highlight=False)
    given = read_settings()
    folder = given.data_dir / "demo"
    settings = _settings(given, folder)
    with listen(settings.host, settings.port) as listening:
        listen(HOST, settings.phones_port, "WAYHOME_PHONES_PORT").close()
        if fresh:
            _forget(folder, say)
        say.print(f"Starting PostgreSQL in {folder} …")
        async with (
            database_urls(settings) as urls,
            _only_one(folder),
            opened(settings, urls, own=True) as database,
        ):
            log_to(folder / "wayhome.log")
            app = App(settings, database, urls.run, _PACE, urls.postgres)
            app.stopping.on_signals()
            say.print("Starting a Telegram of its own …")
            async with _phones(database, app, folder) as simulator:
                seeded = await _fill_in(database, simulator, say)
                # From here on a browser waits until it is answered.
                listening.listen()
                _tell(say, settings, seeded)
                tell_of_a_shell(say, given, settings)
                say.print("Ctrl-C stops.")
                async with playing(scene, simulator, seeded.invite):
                    await app.run(listening)
    say.print("Stopped. The next start goes on from here; 'make demo ARGS=--fresh' forgets it.")


@asynccontextmanager
async def _only_one(folder: Path) -> AsyncIterator[None]:
    """A second demo would be a replica of the first with other phones, and each would get what the
    other's write.
    """
    with (folder / "demo.lock").open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise CannotOpen(
                f"A demo runs in {folder} already: stop it first, or name another WAYHOME_DATA_DIR."
            ) from None
        yield


def _settings(given: Settings, folder: Path) -> Settings:
    """Like the operator's, but with everything inside the demo's own folder."""
    return given.model_copy(
        update={
            "bot_token": SecretStr(_TOKEN),
            "telegram_api_url": f"http://{HOST}:{given.phones_port}",
            "database_url": None,
            "data_dir": folder,
            "key_file": None,
            "webhook_url": None,
            "webhook_secret": None,
            # Nobody outside gets a mail about invented people.
            "mail": None,
        }
    )


async def _fill_in(database: Database, simulator: Simulator, say: Console) -> Seeded:
    say.print("Filling in invented people, staff and services …")
    async with database.begin(SERVICE) as session:
        await seed(session, simulator.phones)
    async with database.begin(SERVICE) as session:
        return await ways_in(session)


def _forget(folder: Path, say: Console) -> None:
    if folder.exists():
        forget(folder)
        say.print(f"Forgot the last demo in {folder}.")


@asynccontextmanager
async def _phones(database: Database, app: App, folder: Path) -> AsyncIterator[Simulator]:
    state = folder / "phones.json"
    try:
        world = await asyncio.to_thread(Simulator.load, state)
    except NoWorld:
        raise CannotOpen(f"{state} is damaged: 'make demo ARGS=--fresh' begins anew.") from None
    simulator = Simulator(
        _TOKEN,
        username="wayhome_demo_bot",
        clock=lambda: datetime.now(UTC) + database.clock.offset,
        advance=TimeMachine(app).advance,
        world=world,
    )
    try:
        async with serving(simulator, port=app.settings.phones_port, state=state):
            yield simulator
    except NotSaved as error:
        raise CannotOpen(str(error)) from None


def _tell(say: Console, settings: Settings, seeded: Seeded) -> None:
    say.print()
    say.print("[bold]Open[/bold]")
    say.print(f"  Phones, a staff group, a clock   http://localhost:{settings.phones_port}")
    for role, token in seeded.set_ups.items():
        say.print(f"  Console as {role:<20}  {settings.address}/set-up/{token}", soft_wrap=True)
    say.print()
    say.print("On Elira's phone, press Nis, which is Start, then send this to enrol:")
    say.print(f"  /start {seeded.invite}", soft_wrap=True)
    say.print()


def tell_of_a_shell(say: Console, given: Settings, settings: Settings) -> None:
    """`given`: what a shell would read as it is, an installation's perhaps."""
    say.print("In a shell, this lets 'wayhome directory search' and the like work on the demo:")
    if given.database_url is not None or given.key_file is not None:
        folder = shlex.quote(str(settings.data_dir.absolute()))
        say.print(f"  cd {folder}", soft_wrap=True)
        say.print("  unset WAYHOME_DATABASE_URL WAYHOME_DATABASE_URL_FILE WAYHOME_KEY_FILE")
    say.print(f"  export {' '.join(_for_a_shell(settings))}", soft_wrap=True)
    say.print()


def _for_a_shell(settings: Settings) -> Iterator[str]:
    """By which commands find the demo instead of an installation."""
    yield f"WAYHOME_DATA_DIR={shlex.quote(str(settings.data_dir.absolute()))}"
    yield f"WAYHOME_BOT_TOKEN={settings.token()}"
    yield f"WAYHOME_TELEGRAM_API_URL={settings.telegram_api_url}"
