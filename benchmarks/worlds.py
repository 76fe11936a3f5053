"""Installations with very many people, and what is timed there."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter

import httpx
from pydantic import SecretStr
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.database import entered
from benchmarks.hot import LOOK_UPS, TICKS, Hot
from benchmarks.people import Centre, enrol_people
from benchmarks.population import Population, populate
from benchmarks.telegram import text
from bot.app import App
from bot.embedded.postgres import EmbeddedPostgres
from bot.settings import Settings
from console.app import ConsoleSettings, create_console
from console.cookies import SESSION, cookie_name
from domain.actors import Actor
from domain.campaigns import Outline, draft
from domain.errors import Refused
from domain.staff.browsers import open_session
from storage.inbox.arrivals import take_in
from storage.schema import migrate
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.postgres import create_database

#: Seconds.
Timed = Callable[[], Awaitable[float]]

# They say how many of all people something is true of, so they look at all of them.
COUNTING = {"page: preview of a campaign", "page: results of a campaign", "page: new campaign"}

_CHAT = 77
_WORDS = "Hello, I have a question about my papers"


@asynccontextmanager
async def world(postgres: EmbeddedPostgres, people: int) -> AsyncIterator[dict[str, Timed]]:
    urls = await create_database(postgres, f"people_{people}")
    await migrate(urls.owner_url)
    async with entered(urls.run_url) as database:
        population = await populate(database, urls.owner_url, people)
        await _settle(urls.owner_url)
        ticks = {hot.name: _taken_back(database, population, hot) for hot in (*TICKS, *LOOK_UPS)}
        async with (
            updates(database, urls.run_url, population) as update,
            pages(database, population) as shown,
        ):
            yield {"an update": update, **ticks, **shown}


async def _settle(owner_url: str) -> None:
    """What autovacuum has done to a database that has grown by itself."""
    engine = create_async_engine(owner_url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sql("VACUUM (ANALYZE)"))
        await connection.execute(sql("CHECKPOINT"))
    await engine.dispose()


def _taken_back(database: Database, population: Population, hot: Hot) -> Timed:
    """Rolled back, so that as much is due the next time."""

    async def timed() -> float:
        async with database.begin(hot.scope(population)) as session:
            begun = perf_counter()
            await hot.work(session, population)
            await session.flush()
            seconds = perf_counter() - begun
            await session.rollback()
        return seconds

    return timed


@asynccontextmanager
async def updates(database: Database, run_url: str, population: Population) -> AsyncIterator[Timed]:
    """Words of somebody who is enrolled: stored, watched, handled, and the answer on its way."""
    async with database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, population.organisation)
    await enrol_people(database, Centre(organisation, population.supervisor), [_CHAT])
    numbers = count(1)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(bot_token=SecretStr("4242:nobody"), data_dir=Path(folder))
        app = App(settings, database, run_url)

        async def timed() -> float:
            number = next(numbers)
            update = {"update_id": 10**9 + number, **text(_CHAT, _WORDS, number)}
            begun = perf_counter()
            async with database.begin(SERVICE) as session:
                await take_in(session, [update])
            while await app.lanes.handle_one():
                pass
            return perf_counter() - begun

        yield timed
        await app.bot.session.close()


@asynccontextmanager
async def pages(database: Database, population: Population) -> AsyncIterator[dict[str, Timed]]:
    """The console, without a network in between."""
    there = population
    preview, results = await _drafted(database, there.coordinator), there.campaign
    settings = ConsoleSettings("http://localhost", lambda: "bot", asyncio.Event(), _no_file)
    transport = httpx.ASGITransport(create_console(database, settings))
    async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as client:

        async def page(actor: Actor, path: str) -> Timed:
            async with database.begin(SERVICE) as session:
                cookie = await open_session(session, await session.get_one(Staff, actor.staff_id))
            headers = {"Cookie": f"{cookie_name(SESSION, settings)}={cookie}"}

            async def timed() -> float:
                begun = perf_counter()
                (await client.get(path, headers=headers)).raise_for_status()
                return perf_counter() - begun

            return timed

        yield {
            f"page: {name}": await page(actor, path)
            for name, actor, path in (
                ("queue", there.supervisor, "/queue"),
                ("closed cases", there.supervisor, "/queue/closed"),
                ("case", there.supervisor, f"/cases/{there.case}"),
                ("people", there.supervisor, "/people"),
                ("people, further on", there.supervisor, f"/people?after={there.person}"),
                ("person", there.supervisor, f"/people/{there.person}"),
                ("team", there.supervisor, "/team"),
                ("campaigns", there.coordinator, "/campaigns"),
                ("new campaign", there.coordinator, "/campaigns/new"),
                ("preview of a campaign", there.coordinator, f"/campaigns/{preview}"),
                ("results of a campaign", there.coordinator, f"/campaigns/{results}"),
            )
        }


async def _drafted(database: Database, coordinator: Actor) -> object:
    async with database.begin(coordinator.organisation_id) as session:
        soon = datetime.fromisoformat(f"{session.now + timedelta(days=9):%Y-%m-%dT18:00}")
        campaign = await draft(
            session,
            coordinator,
            Outline(
                name="The month after",
                questionnaire="safety-and-needs",
                local_time=soon,
            ),
        )
        return campaign.id


async def _no_file(file_id: str) -> bytes:
    raise Refused("There is no recording.")
