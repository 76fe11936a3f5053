"""What a load balancer and an operator ask: alive, ready, how busy."""

import time
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select, text
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.clockwork import Clockwork
from bot.metrics import Metrics
from storage.cases import Case
from storage.inbox import InboxRow
from storage.kinds import CaseState, OutboxState, Severity
from storage.outbox import OutboxRow
from storage.schema import newest
from storage.sessions import AWAY, SERVICE, Database, Session

ESCALATION = "escalate"
# Alerts that stopped climbing for so long are a fault to page somebody for.
_ESCALATION_SILENCE = 60.0


@dataclass(frozen=True, slots=True)
class Health:
    database: Database
    clockwork: Clockwork
    metrics: Metrics
    started: float

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self._alive),
            Route("/readyz", self._ready),
            Route("/metrics", self._metrics),
        ]

    async def _alive(self, request: Request) -> Response:
        return PlainTextResponse("ok")

    async def _ready(self, request: Request) -> Response:
        """Looks at database, schema and ticks; never at Telegram, whom no restart brings back."""
        problems = await self._problems()
        return JSONResponse(
            {"ready": not problems, "problems": problems}, status_code=503 if problems else 200
        )

    async def _problems(self) -> list[str]:
        problems = []
        last = self.clockwork.ended_well.get(ESCALATION, self.started)
        if time.monotonic() - last > _ESCALATION_SILENCE:
            problems.append("escalation has not ticked for a minute")
        try:
            async with self.database.begin(SERVICE) as session:
                found = await session.scalar(text("SELECT version_num FROM alembic_version"))
        except AWAY:
            return [*problems, "the database is away"]
        if found != newest():
            problems.append("the database has the tables of another version")
        return problems

    async def _metrics(self, request: Request) -> Response:
        try:
            async with self.database.begin(SERVICE) as session:
                await self._count(session)
        except AWAY:
            # What this process counted itself is still worth showing.
            self.metrics.waiting.clear()
            self.metrics.oldest.clear()
        return Response(generate_latest(self.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    async def _count(self, session: Session) -> None:
        queues = {
            "inbox": select(func.count(), func.min(InboxRow.arrived_at)).where(
                InboxRow.handled_at.is_(None), InboxRow.set_aside_at.is_(None)
            ),
            "set-aside": select(func.count(), func.min(InboxRow.arrived_at)).where(
                InboxRow.set_aside_at.is_not(None)
            ),
            "outbox": select(func.count(), func.min(OutboxRow.not_before)).where(
                OutboxRow.state == OutboxState.WAITING, OutboxRow.not_before <= session.now
            ),
        }
        for queue, query in queues.items():
            number, oldest = (await session.execute(query)).one()
            now = session.now if queue == "outbox" else session.database_now
            self.metrics.waiting.labels(queue).set(number)
            self.metrics.oldest.labels(queue).set((now - oldest).total_seconds() if oldest else 0)
        cases = await session.execute(
            select(Case.severity, func.count())
            .where(Case.state != CaseState.RESOLVED)
            .group_by(Case.severity)
        )
        counted: dict[Severity, int] = {row[0]: row[1] for row in cases}
        for severity in Severity:
            self.metrics.open_cases.labels(severity).set(counted.get(severity, 0))
