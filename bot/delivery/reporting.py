"""Writing back what became of the sends: all that ended meanwhile go into one transaction."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import inf

import structlog

from bot.delivery import outcome
from bot.delivery.outcome import Taken
from bot.delivery.pace import Pace
from bot.delivery.sending import Failed, Sent
from bot.errors import code_of
from bot.metrics.metrics import Metrics
from bot.telegram.connection import Trouble
from domain.cases.topics import set_topic
from domain.organisations import group_moved, lock_groups, organisation_of_chat
from storage.away import AWAY, is_away
from storage.sessions import SERVICE, Database, Session
from storage.tables.cases import Case

log = structlog.get_logger()

# Where some were just written, more end in a moment: these go together. A transaction for each few
# of them takes more time than sending them. So many wait for no more: until they are written they
# keep places on the way that others want.
_MOMENT = timedelta(seconds=0.05)
_JUST_NOW = timedelta(seconds=0.1)
_ENOUGH = 25
#: Seconds. Together they are less than what is left of any lease when the database goes away, since
#: it is renewed until then (bot/delivery/on_the_way.py): so long nobody else sends these rows.
PAUSES = (0.2, 1.0, 2.0, 5.0, 5.0, 10.0, 10.0, 10.0)


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    taken: Taken
    result: Sent | Failed
    kept: asyncio.Future[None]


@dataclass(slots=True)
class Reporting:
    database: Database
    pace: Pace
    metrics: Metrics
    _waiting: list[Report] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: So many wait that they go at once.
    _enough: asyncio.Event = field(default_factory=asyncio.Event)
    #: When some were last written, on the monotonic clock.
    _written_at: float = -inf

    async def keep(self, taken: Taken, result: Sent | Failed) -> None:
        """Returns once it is committed. Raises what stands in the way.

        Whoever has the turn writes for all who wait, so the busier it is, the more go together.
        """
        report = Report(taken, result, asyncio.get_running_loop().create_future())
        self._waiting.append(report)
        if len(self._waiting) >= _ENOUGH:
            self._enough.set()
        async with self._turn:
            if not report.kept.done():
                if time.monotonic() - self._written_at < _JUST_NOW.total_seconds():
                    await self._wait_for_others()
                reports, self._waiting = self._waiting, []
                self._enough.clear()
                await self._write(reports)
                self._written_at = time.monotonic()
        await report.kept

    async def _wait_for_others(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_MOMENT.total_seconds()):
                await self._enough.wait()

    async def _write(self, reports: Sequence[Report]) -> None:
        try:
            await self._write_together(reports)
        except Exception as error:
            if is_away(error):
                for report in reports:
                    report.kept.set_exception(error)
            elif len(reports) == 1:
                await self._write_less(reports[0], error)
            else:
                # One that can't be written must not cost the others theirs.
                for report in reports:
                    await self._write([report])
        else:
            for report in reports:
                report.kept.set_result(None)

    async def _write_less(self, report: Report, error: Exception) -> None:
        """Whatever came of it can't be written down. It counts as refused, lest it is sent again
        each minute for ever: a few times, and then whoever waits for it sees that it failed.
        """
        refused = Failed(Trouble.REFUSED, code_of(error))
        try:
            await self._write_together([replace(report, result=refused)])
        except Exception as worse:
            error = worse
        report.kept.set_exception(error)

    async def _write_together(self, reports: Sequence[Report]) -> None:
        """A hiccup of the database must not cost a second message: it is asked again."""
        for pause in (*PAUSES, None):
            try:
                async with self.database.begin(SERVICE, planned_once=True) as session:
                    late = await self._book(session, reports)
            except AWAY as error:
                if pause is None or not is_away(error):
                    raise
                log.warning("outcomes wait", action="delivery.report", error=code_of(error))
                await asyncio.sleep(pause)
            else:
                self._count(reports, late)
                return

    async def _book(self, session: Session, reports: Sequence[Report]) -> list[timedelta]:
        """Returns how late check-ins were."""
        changed = [report.taken.chat_id for report in reports if _changes_its_group(report)]
        await lock_groups(session, changed)
        sent = [
            (report.taken, report.result) for report in reports if isinstance(report.result, Sent)
        ]
        late = await outcome.sent(session, self.pace, sent)
        for report in reports:
            if isinstance(report.result, Failed):
                await self._book_failure(session, report.taken, report.result)
            await _keep_finds(session, report.taken, report.result)
        return late

    async def _book_failure(self, session: Session, taken: Taken, result: Failed) -> None:
        if result.wait is not None:
            await outcome.told_to_wait(session, taken, result.reason, result.wait)
        elif result.trouble is Trouble.PASSING:
            await outcome.postponed(session, taken, self.pace, result.reason)
        elif result.trouble is Trouble.REFUSED:
            await outcome.refused(session, taken, self.pace, result.reason)
        else:
            blocked = result.trouble is Trouble.BLOCKED
            await outcome.failed(session, taken, result.trouble, blocked=blocked)

    def _count(self, reports: Sequence[Report], late: Sequence[timedelta]) -> None:
        for report in reports:
            self.metrics.sends.labels(_label(report.result)).inc()
        for lateness in late:
            self.metrics.lateness.observe(lateness.total_seconds())


def _changes_its_group(report: Report) -> bool:
    """It takes nothing any more, or has another number now."""
    result = report.result
    is_lost = isinstance(result, Failed) and result.trouble is Trouble.BLOCKED
    return report.taken.group and (is_lost or result.moved_to is not None)


async def _keep_finds(session: Session, taken: Taken, result: Sent | Failed) -> None:
    """What was learnt on the way: the number of a new topic, or of the group's new place."""
    if result.topic is not None and taken.topic_of is not None:
        case = await session.get(Case, taken.topic_of)
        # Another group may have been named since: its topics have numbers of their own.
        group = await organisation_of_chat(session, taken.chat_id)
        if case is not None and group is not None and group.id == case.organisation_id:
            set_topic(session, case, result.topic)
    if result.moved_to is not None:
        await group_moved(session, taken.chat_id, result.moved_to)


def _label(result: Sent | Failed) -> str:
    if isinstance(result, Sent):
        return "sent"
    passing = result.trouble in (Trouble.PASSING, Trouble.REFUSED)
    return "postponed" if passing else "failed"
