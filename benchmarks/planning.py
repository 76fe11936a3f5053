"""A year of monthly check-ins for the 43,786 people whom IOM assisted in 2014."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import func, select

from benchmarks.database import entered, fresh_postgres
from benchmarks.effort import Effort
from benchmarks.peers import scheduled_jobs
from benchmarks.population import Population, populate
from benchmarks.results import Result, Rounds
from domain.campaigns import Outline, draft, outlook, plan_next, start
from domain.check_ins.sending import send_due
from storage.sessions import SERVICE, Database
from storage.tables.check_ins import CheckIn

_CASELOAD = 43_786
_MONTHS = 12
# What nginx and most others allow a request.
_PROXYS_PATIENCE = 60.0
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Year:
    check_ins: int
    seconds: float
    #: The longest that the coordinator waited for one campaign's start.
    longest_request: float
    #: Above what the process had before.
    bytes: int


async def measure(effort: Effort) -> Sequence[Result]:
    people, jobs = effort.of(_CASELOAD, 1_000), effort.of(10_000, 100)
    theirs, ours_at_start, theirs_at_start = Rounds(), Rounds(), Rounds()
    async with fresh_postgres() as postgres, entered(postgres.run_url) as database:
        population = await populate(database, postgres.owner_url, people)
        now = await _nothing_is_due(database)
        theirs.add(await scheduled_jobs.planned(postgres.owner_url, jobs // 2, now))
        year = await planned_year(database, population, now)
        theirs.add(await scheduled_jobs.planned(postgres.owner_url, jobs - jobs // 2, now))
        await scheduled_jobs.multiplied(postgres.owner_url, year.check_ins // jobs)
        for _ in range(effort.of(9, 2)):
            ours_at_start.add(await started(postgres.run_url))
            theirs_at_start.add(await scheduled_jobs.started(postgres.owner_url))
    return [
        *_speeds(year, people, jobs, their_rate=jobs / sum(theirs.figures)),
        *_costs(year),
        Result(
            name="start-up with all that planned",
            figure=ours_at_start.median * 1000,
            unit="ms",
            peer="APScheduler with as many jobs",
            peer_figure=theirs_at_start.median * 1000,
            note="connecting, and a first look at what is due",
        ),
    ]


def _speeds(year: Year, people: int, jobs: int, *, their_rate: float) -> list[Result]:
    return [
        Result(
            name=f"{_MONTHS} months for {people:,} people",
            figure=year.seconds,
            unit="s",
            peer="one APScheduler job each (from a sample)",
            peer_figure=year.check_ins / their_rate,
            at_most=1,
            note=f"{year.check_ins:,} check-ins, as {_MONTHS} campaigns; {jobs:,} jobs added",
        ),
        Result(
            name="planned",
            figure=year.check_ins / year.seconds,
            unit="check-ins/s",
            peer="jobs/s",
            peer_figure=their_rate,
            at_least=1,
        ),
    ]


def _costs(year: Year) -> list[Result]:
    return [
        Result(
            name="a campaign's start, as long as the coordinator waits",
            figure=year.longest_request,
            unit="s",
            peer="a proxy's patience",
            peer_figure=_PROXYS_PATIENCE,
            at_most=1,
            note="the longest of all; the rest is planned by a tick",
        ),
        Result(
            name="memory that planning takes",
            figure=year.bytes / _MEBIBYTE,
            unit="MiB",
            note="the most at any time, above what the process had before",
        ),
    ]


async def planned_year(database: Database, population: Population, now: datetime) -> Year:
    """Through the console's use cases and the tick, as when a coordinator plans it."""
    before = await _check_ins(database)
    resting, requests = _forget_the_peak(), Rounds()
    begun = perf_counter()
    for month in range(1, _MONTHS + 1):
        requests.add(await start_campaign(database, population, now, month))
        while await _tick(database):
            pass
    seconds = perf_counter() - begun
    return Year(
        await _check_ins(database) - before, seconds, max(requests.figures), _peak() - resting
    )


async def start_campaign(
    database: Database, population: Population, now: datetime, month: int
) -> float:
    actor = population.coordinator
    async with database.begin(actor.organisation_id) as session:
        campaign = await draft(
            session,
            actor,
            Outline(
                name=f"After {month} months",
                questionnaire="safety-and-needs",
                local_time=(now + timedelta(days=30 * month)).replace(tzinfo=None, second=0),
            ),
        )
    # A rota of hundreds is not what is measured.
    outlook.FALLBACK = float("inf")
    begun = perf_counter()
    async with database.begin(actor.organisation_id) as session:
        await start(session, actor, campaign.id)
    return perf_counter() - begun


async def started(run_url: str) -> float:
    begun = perf_counter()
    async with entered(run_url) as database, database.begin(SERVICE) as session:
        await send_due(session)
    return perf_counter() - begun


async def _tick(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await plan_next(session)


async def _nothing_is_due(database: Database) -> datetime:
    while True:
        async with database.begin(SERVICE) as session:
            if not await send_due(session):
                return session.now


async def _check_ins(database: Database) -> int:
    async with database.begin(SERVICE) as session:
        return await session.scalar(select(func.count()).select_from(CheckIn)) or 0


def _forget_the_peak() -> int:
    """What this process has in memory now, from which on the kernel counts anew; see proc(5)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _peak() -> int:
    return _memory("VmHWM")


def _memory(line: str) -> int:
    status = Path("/proc/self/status").read_text()
    kilobytes = status.partition(f"{line}:")[2].split()[0]
    return int(kilobytes) * 1024
