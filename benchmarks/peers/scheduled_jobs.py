"""One APScheduler job for each person and step, in a job store of the same PostgreSQL."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_COPIES = text(
    "INSERT INTO apscheduler_jobs SELECT id || copy, next_run_time, job_state"
    " FROM apscheduler_jobs, generate_series(2, CAST(:times AS integer)) copy"
)


def ask(person: str, step: int) -> None:
    """What a job would do; it only has to have a name."""


async def planned(url: str, jobs: int, begin: datetime) -> float:
    """How many seconds it took to add so many jobs."""
    engine = create_async_engine(url)

    def add(_: Any) -> float:
        scheduler = _scheduler(engine)
        begun = perf_counter()
        for step, at in _steps(jobs, begin):
            scheduler.add_job(ask, "date", run_date=at, args=[str(uuid4()), step])
        return perf_counter() - begun

    return await _in_its_thread(engine, add)


async def multiplied(url: str, times: int) -> None:
    """So many times the jobs that there are: what they look like to a scheduler that starts."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(_COPIES, {"times": times})
    await engine.dispose()


async def started(url: str) -> float:
    """How many seconds a scheduler takes to start with them in its store, and to look once."""
    engine = create_async_engine(url)

    def start(_: Any) -> float:
        begun = perf_counter()
        scheduler = _scheduler(engine)
        store = scheduler._jobstores["default"]
        store.get_due_jobs(datetime.now(scheduler.timezone))
        store.get_next_run_time()
        return perf_counter() - begun

    return await _in_its_thread(engine, start)


async def _in_its_thread(engine: AsyncEngine, work: Any) -> float:
    """APScheduler's store does not await; SQLAlchemy lets it use an asynchronous driver here."""
    async with engine.connect() as connection:
        seconds: float = await connection.run_sync(work)
    await engine.dispose()
    return seconds


def _scheduler(engine: AsyncEngine) -> Any:
    """Paused, so that it stores every job at once and runs none."""
    store = SQLAlchemyJobStore(engine=engine.sync_engine)
    scheduler = AsyncIOScheduler({"apscheduler.timezone": "UTC"}, jobstores={"default": store})
    scheduler.start(paused=True)
    return scheduler


def _steps(jobs: int, begin: datetime) -> Iterator[tuple[int, datetime]]:
    for number in range(jobs):
        step = number % 12
        yield step, begin + timedelta(days=30 * step)
