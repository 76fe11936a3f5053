"""What a load balancer, an operator and the guard ask: alive, ready, how busy.

No answer takes longer than a few seconds, whatever the database does.
"""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Protocol, TypeVar

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.clockwork.clockwork import Clockwork
from bot.clockwork.ticks import ALERTING, ESCALATION, REMINDING
from bot.database.refusals import is_full, only_reads
from bot.database.room import ensure_room
from bot.guard.noticing import GUARD, note_look
from bot.metrics.measures import Measures, measure
from bot.metrics.metrics import Metrics
from bot.web import OwnRoute
from storage.away import AWAY
from storage.keys.keyring import KeyMissing
from storage.schema import is_contracted, is_older, newest
from storage.sessions import SERVICE, Database

T = TypeVar("T")

_HOW_IT_IS = text(
    "SELECT current_setting('transaction_read_only')::boolean,"
    " (SELECT version_num FROM alembic_version)"
)
_ONLY_READS = "the database only reads"

# Reminders come more rarely than escalation looks, and get so many times as long.
_REMINDERS_PATIENCE = 3


class Leads(Protocol):
    """Whether this process may ask Telegram for updates."""

    leads: bool


@dataclass(frozen=True, slots=True)
class Health:
    database: Database
    clockwork: Clockwork
    metrics: Metrics
    replica: Leads
    #: On the monotonic clock.
    started: float = field(default_factory=time.monotonic)
    #: Alerts that stopped climbing for so many seconds are a fault to page somebody for.
    silence: float = 60.0
    #: How many seconds the database has to answer.
    patience: float = 5.0
    _abandoned: set[asyncio.Future[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.metrics.build.info({"version": version("wayhome"), "revision": newest()})
        self.metrics.most_connections.set(self.database.most_connections)

    def routes(self) -> list[OwnRoute]:
        return [
            OwnRoute("/healthz", self._alive),
            OwnRoute("/readyz", self._ready),
            OwnRoute("/metrics", self._metrics),
        ]

    async def _alive(self, request: Request) -> Response:
        return PlainTextResponse("ok")

    async def _ready(self, request: Request) -> Response:
        """Looks at database, schema and ticks; never at Telegram, whom no restart brings back.

        Alerts that fail are told, too, and take no replica out of use: they would fail in each of
        them, and the console is where staff can still see who waits.
        """
        by_guard = request.headers.get("user-agent") == GUARD
        problems = [*self._tick_problems(), *await self._database_problems(by_guard)]
        told = {"ready": not problems, "problems": [*problems, *self._alert_problems()]}
        return JSONResponse(told, status_code=503 if problems else 200)

    def _tick_problems(self) -> list[str]:
        if self._age(ESCALATION) > self.silence:
            return ["escalation has not ticked for a minute"]
        return []

    def _alert_problems(self) -> list[str]:
        problems = []
        if any(self.clockwork.fails_each_time(tick) for tick in ALERTING):
            problems.append("alerts fail each time that they are tried")
        if self._reminders_are_silent():
            problems.append("reminders have not ticked for three minutes")
        return problems

    def _reminders_are_silent(self) -> bool:
        longest = _REMINDERS_PATIENCE * self.silence
        return any(
            self._age(tick.name) > longest
            for tick in self.clockwork.ticks
            if tick.name in REMINDING
        )

    async def _database_problems(self, by_guard: bool) -> list[str]:
        try:
            return await self._in_time(self._schema_problems(by_guard))
        except TimeoutError:
            full = self.database.connections >= self.database.most_connections
            return [
                "every connection to the database is in use"
                if full
                else "the database does not answer"
            ]
        except ProgrammingError:
            return ["the database has no tables of ours"]
        except KeyMissing:
            return ["the key file lacks the key that the database is written with"]
        except AWAY as error:
            return [_problem_of(error)]

    async def _schema_problems(self, by_guard: bool) -> list[str]:
        """Tables of a version yet to come are no problem, while it is being rolled out."""
        async with self.database.begin(SERVICE) as session:
            connection = await session.connection()
            reads, revision = (await session.execute(_HOW_IT_IS)).one()
            if reads:
                return [_ONLY_READS]
            if is_older(revision):
                return ["the database has the tables of an older version"]
            if await connection.run_sync(is_contracted):
                return ["the database has lost what this old version needs"]
            if by_guard:
                # Not for whoever spreads the load: what there is can still be shown.
                await ensure_room(session)
                await note_look(session)
        return []

    async def _metrics(self, request: Request) -> Response:
        self.metrics.show(await self._measures())
        self.metrics.connections.set(self.database.connections)
        self.metrics.leads.set(self.replica.leads)
        for tick in self.clockwork.ticks:
            self.metrics.tick_age.labels(tick.name).set(self._age(tick.name))
        return Response(generate_latest(self.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    async def _measures(self) -> Measures | None:
        """None when the database does not say; what this process counted is still worth showing."""
        try:
            return await self._in_time(self._measured())
        except AWAY:
            return None

    async def _measured(self) -> Measures:
        async with self.database.begin(SERVICE) as session:
            return await measure(session)

    def _age(self, tick: str) -> float:
        return time.monotonic() - self.clockwork.ended_well.get(tick, self.started)

    async def _in_time(self, work: Coroutine[Any, Any, T]) -> T:
        """Raises TimeoutError when patience is over, even where work that was cancelled still
        hangs on a connection that swallows everything.
        """
        working = asyncio.ensure_future(work)
        self._abandoned.add(working)
        working.add_done_callback(self._abandoned.discard)
        try:
            done, _ = await asyncio.wait((working,), timeout=self.patience)
        finally:
            working.cancel()
        if not done:
            raise TimeoutError
        return working.result()


def _problem_of(error: BaseException) -> str:
    """Of one of AWAY."""
    if is_full(error):
        return "the database's disk takes no more"
    return _ONLY_READS if only_reads(error) else "the database is away"
