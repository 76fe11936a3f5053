"""The queue's page with ten thousand cases, and how soon a new emergency is on one that is open.

The page takes turns with another of the same server that lists three things. The emergency's way
leads through all of Wayhome: from Telegram to the watch, the case, the commit, and the page that is
read anew and sent; beside it a NOTIFY of the same database to a listener, the least it could take.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from statistics import quantiles

import asyncpg
import httpx
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import create_async_engine
from yarl import URL

from benchmarks.effort import Effort
from benchmarks.people import Centre, enrol_people
from benchmarks.population import Population, populate
from benchmarks.results import Result, Rounds, readable
from benchmarks.service import Service
from benchmarks.telegram import text
from console.cookies import SESSION
from domain.staff.browsers import open_session
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.process import free_port

_CRY = "he locked me in and took my passport"
_EMERGENCY = 'class="line emergency'
_LISTED, _BARE = "/queue", "/channels"
_PATIENCE = 60
# Nothing else is due, so that the process has the page and the cries alone to do. Few emergencies:
# a page of them would push the new one off.
_QUIET = (
    "UPDATE check_in SET state = 'cancelled' WHERE state NOT IN ('answered', 'silent', 'missed')",
    "UPDATE outbox SET state = 'cancelled' WHERE state IN ('waiting', 'held')",
    # Their numbers are those of updates to come.
    "DELETE FROM inbox",
    "DELETE FROM channel_call",
    "UPDATE campaign SET state = 'stopped', plan_at = NULL",
    """UPDATE "case" SET severity = 'urgent' WHERE severity = 'emergency' AND state = 'open'""",
)


async def measure_on(wayhome: Service, effort: Effort) -> Sequence[Result]:
    cases, open_cases = effort.of(10_000, 60), effort.of(1_000, 12)
    there = await populate(
        wayhome.database, wayhome.postgres.owner_url, cases, open_cases=open_cases, helped_one_in=1
    )
    await _quieten(wayhome)
    chats = wayhome.new_chats(effort.of(20, 2))
    await _enrolled(wayhome, there, chats)
    port = free_port()
    async with wayhome.running(port=port), _browser(wayhome, there, port) as browser:
        pages = await _pages(browser, effort.of(100, 2))
        seen = await _until_seen(wayhome, browser, chats)
    notified = await _notified(wayhome, effort.of(100, 2))
    size = f"{cases:,} cases, {open_cases:,} open"
    listed, bare = pages[_LISTED], pages[_BARE]
    return [
        Result(
            name="the queue's page, median",
            figure=listed.median,
            unit="ms",
            peer="a page that lists three things",
            peer_figure=bare.median,
            note=f"{size}; {listed.spread}, beside {bare.spread}",
        ),
        Result(
            name="the queue's page, 99th percentile",
            figure=_slowest(listed),
            unit="ms",
            peer="a page that lists three things",
            peer_figure=_slowest(bare),
            note=f"{len(listed.figures)} looks at each, in turns",
        ),
        Result(
            name="cry to open page, median",
            figure=seen.median,
            unit="ms",
            peer="a bare NOTIFY",
            peer_figure=notified.median,
            note=f"{size}; {len(chats)} cries, {seen.spread}; "
            f"99th percentile {readable(_slowest(seen))}",
        ),
    ]


def _slowest(rounds: Rounds) -> float:
    """The 99th percentile."""
    return quantiles(rounds.figures, n=100, method="inclusive")[-1]


async def _quieten(wayhome: Service) -> None:
    engine = create_async_engine(wayhome.postgres.owner_url, hide_parameters=True)
    async with engine.begin() as connection:
        for statement in _QUIET:
            await connection.execute(sql(statement))
    await engine.dispose()


async def _enrolled(wayhome: Service, there: Population, chats: Sequence[int]) -> None:
    """People of the organisation that has all the cases."""
    async with wayhome.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, there.organisation)
    await enrol_people(wayhome.database, Centre(organisation, there.supervisor), chats)


@asynccontextmanager
async def _browser(
    wayhome: Service, there: Population, port: int
) -> AsyncIterator[httpx.AsyncClient]:
    """Of somebody who is signed in and on nobody's machine but this one."""
    async with wayhome.database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, there.supervisor.staff_id)
        cookie = await open_session(session, staff)
    async with httpx.AsyncClient(
        base_url=f"http://localhost:{port}", cookies={SESSION: cookie}, timeout=_PATIENCE
    ) as browser:
        yield browser


async def _pages(browser: httpx.AsyncClient, looks: int) -> dict[str, Rounds]:
    """In turns, so that whatever else this machine does meanwhile falls upon both."""
    rounds = {path: Rounds() for path in (_LISTED, _BARE)}
    for lap in range(looks + 1):
        for path, one in rounds.items():
            begun = time.perf_counter()
            answer = await browser.get(path)
            assert answer.status_code == httpx.codes.OK, answer
            if lap:
                one.add((time.perf_counter() - begun) * 1000)
    return rounds


async def _until_seen(wayhome: Service, browser: httpx.AsyncClient, chats: Sequence[int]) -> Rounds:
    """One cry after the other, each from when Telegram has it."""
    rounds = Rounds()
    async with (
        browser.stream("GET", "/queue/events") as events,
        aclosing(_emergencies(events)) as shown,
    ):
        there = await anext(shown)
        for chat in chats:
            begun = time.perf_counter()
            await wayhome.put([text(chat, _CRY)])
            async with asyncio.timeout(_PATIENCE):
                while (now := await anext(shown)) <= there:
                    pass
            rounds.add((time.perf_counter() - begun) * 1000)
            there = now
            await wayhome.until_done()
    return rounds


async def _emergencies(events: httpx.Response) -> AsyncGenerator[int]:
    """How many the page shows, whenever it is sent anew."""
    async for line in events.aiter_lines():
        if line.startswith("data: "):
            look = json.loads(line.removeprefix("data: "))
            # Between two looks the page only hears that it is not forgotten.
            if "html" in look:
                yield look["html"].count(_EMERGENCY)


async def _notified(wayhome: Service, times: int) -> Rounds:
    """From the word to NOTIFY on one connection to its arrival on another."""
    rounds = Rounds()
    heard = asyncio.Event()
    address = str(URL(wayhome.postgres.run_url).with_scheme("postgresql"))
    listener, speaker = await asyncpg.connect(address), await asyncpg.connect(address)
    await listener.add_listener("measured", lambda *_: heard.set())
    for _ in range(times):
        heard.clear()
        begun = time.perf_counter()
        await speaker.execute("NOTIFY measured")
        await heard.wait()
        rounds.add((time.perf_counter() - begun) * 1000)
    await listener.close()
    await speaker.close()
    return rounds
