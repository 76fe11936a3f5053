"""Health as `wayhome run` serves it, with less patience than usual."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette

from bot.clockwork.clockwork import Clockwork, Tick
from bot.clockwork.ticks import ESCALATION
from bot.health.health import Health
from bot.metrics.metrics import Metrics
from bot.stopping import Stopping
from bot.web import listen, serve
from domain.alerts.telling import escalate
from storage.sessions import Database
from tests.process import free_port

TICK = Tick(ESCALATION, 5, escalate)


@dataclass
class Follower:
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    client: httpx.AsyncClient
    clockwork: Clockwork

    @property
    def url(self) -> str:
        return str(self.client.base_url)

    async def problems(self) -> list[str]:
        answer = await self.client.get("/readyz")
        found: list[str] = answer.json()["problems"]
        assert answer.status_code == (503 if found else 200)
        return found

    async def metrics(self) -> dict[str, float]:
        """Every sample, by its name and labels."""
        answer = await self.client.get("/metrics")
        lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@asynccontextmanager
async def asking(
    database: Database,
    silence: float = 60,
    metrics: Metrics | None = None,
    ticks: Sequence[Tick] = (TICK,),
) -> AsyncIterator[Asking]:
    stopping, metrics, port = Stopping(), metrics or Metrics(), free_port()
    clockwork = Clockwork(database, ticks, metrics)
    health = Health(database, clockwork, metrics, Follower(), silence=silence, patience=2)
    with listen("127.0.0.1", port) as listening:
        async with (
            asyncio.TaskGroup() as group,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client,
        ):
            group.create_task(serve(Starlette(routes=health.routes()), listening, stopping))
            yield Asking(client, clockwork)
            stopping.set()
