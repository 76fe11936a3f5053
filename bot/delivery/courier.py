"""Takes what is due out of the outbox and brings it to Telegram, again and again."""

import asyncio
from dataclasses import dataclass

import structlog
from aiogram import Bot

from bot.delivery import outcome
from bot.delivery.claiming import Pace, claim
from bot.delivery.outcome import Taken
from bot.delivery.sending import Failed, Sent, send, tidy
from bot.delivery.wording import Wire, wire
from bot.metrics import Metrics
from bot.stopping import Stopping
from bot.telegram import Trouble, code_of
from domain.cases.topics import set_topic, topic_of
from domain.check_ins.sending import recalled
from domain.notices import class_by_now, is_about_case
from domain.safety import contact_with, held
from locales.catalogues import Catalogues
from storage.cases import Case
from storage.outbox import OutboxRow, content_of
from storage.returnees import Returnee
from storage.sessions import AWAY, SERVICE, Database, Session
from storage.wakes import Topic

log = structlog.get_logger()

# How long to wait for a wake before looking again: held rows come due without one.
_LOOK_AGAIN = 0.5
_MOST_ON_THE_WAY = 50
_DATABASE_PAUSE = 1.0
# Together well within the lease.
_REPORT_PAUSES = (0.2, 1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Parcel:
    taken: Taken
    wire: Wire
    topic: int | None


@dataclass(slots=True)
class Courier:
    database: Database
    bot: Bot
    catalogues: Catalogues
    pace: Pace
    metrics: Metrics
    _on_the_way: int = 0

    async def run(self, stopping: Stopping) -> None:
        """Until it is time to stop; then what is on its way arrives first."""
        async with (
            asyncio.TaskGroup() as group,
            self.database.wakes.waiting(Topic.OUTBOX) as woken,
        ):
            while not stopping.is_set():
                woken.clear()
                try:
                    found = await self.deliver_some(group)
                except AWAY as error:
                    log.warning("the database is away", action="courier.wait", error=code_of(error))
                    await stopping.pause(_DATABASE_PAUSE)
                    continue
                if not found:
                    await stopping.wait_for(woken, _LOOK_AGAIN)

    async def deliver_some(self, group: asyncio.TaskGroup) -> bool:
        """Leases what may go and sends it side by side. False when nothing was due."""
        if self._on_the_way >= _MOST_ON_THE_WAY:
            return False
        async with self.database.begin(SERVICE) as session:
            rows = await claim(session, self.pace, _MOST_ON_THE_WAY - self._on_the_way)
            parcels = [
                parcel for row in rows if (parcel := await self._pack(session, row)) is not None
            ]
        for parcel in parcels:
            self._on_the_way += 1
            group.create_task(self._bring(parcel))
        return bool(rows)

    async def _pack(self, session: Session, row: OutboxRow) -> Parcel | None:
        """The row ready to send, unless it is too late, unwanted now, or broken."""
        try:
            async with session.begin_nested():
                return await self._prepare(session, row)
            # One row that nobody can make sense of must not stop all the others.
        except Exception as error:
            log.error("a message could not be worded", action="delivery.word", error=code_of(error))
            await outcome.failed(session, Taken(row.id, row.fence), code_of(error))
            return None

    async def _prepare(self, session: Session, row: OutboxRow) -> Parcel | None:
        if row.expires_at is not None and row.expires_at <= session.now:
            await outcome.cancelled(session, row, "expired")
            return None
        if row.check_in_id is not None and await recalled(session, row.check_in_id):
            await outcome.cancelled(session, row, "recalled")
            return None
        if await self._hold_back(session, row):
            return None
        words = await wire(session, row, self.catalogues)
        case = await session.get(Case, words.topic_of) if words.topic_of else None
        topic = topic_of(session, case) if case else None
        return Parcel(Taken(row.id, row.fence), words, topic)

    async def _hold_back(self, session: Session, row: OutboxRow) -> bool:
        """The safe window is judged at the last moment, and again at each release (P4)."""
        returnee = await session.get(Returnee, row.returnee_id) if row.returnee_id else None
        if returnee is None:
            return False
        content = content_of(row, session.keys)
        asked_at = max(row.created_at, returnee.last_wrote_at or row.created_at)
        hold = held(
            class_by_now(row.notice_class, content, session.now - asked_at),
            await contact_with(session, returnee),
            session.now,
            about_case=is_about_case(content),
        )
        row.held = hold.reason if hold else None
        if hold:
            row.not_before = hold.until
            row.leased_until = None
        return hold is not None

    async def _bring(self, parcel: Parcel) -> None:
        """A report that can't be written back leaves the row leased: it is sent once more (P12).

        Whatever goes wrong with one message stays with it.
        """
        try:
            result = await send(self.bot, parcel.wire, parcel.topic)
            await self._keep(parcel, result)
            if isinstance(result, Sent):
                await tidy(self.bot, parcel.wire)
        except Exception as error:
            log.error("an outcome was not kept", action="delivery.report", error=code_of(error))
        finally:
            self._on_the_way -= 1

    async def _keep(self, parcel: Parcel, result: Sent | Failed) -> None:
        """A hiccup of the database must not cost a second message: it is asked again."""
        for pause in (*_REPORT_PAUSES, None):
            try:
                async with self.database.begin(SERVICE) as session:
                    await self._report(session, parcel, result)
            except AWAY as error:
                if pause is None:
                    raise
                log.warning("an outcome waits", action="delivery.report", error=code_of(error))
                await asyncio.sleep(pause)
            else:
                return

    async def _report(self, session: Session, parcel: Parcel, result: Sent | Failed) -> None:
        match result:
            case Sent():
                self.metrics.sends.labels("sent").inc()
                await outcome.sent(session, parcel.taken, self.pace, result.message_id)
                await _keep_topic(session, parcel, result.topic)
            case Failed(trouble=Trouble.PASSING):
                self.metrics.sends.labels("postponed").inc()
                await outcome.postponed(
                    session, parcel.taken, self.pace, result.reason, result.wait
                )
            case Failed(trouble=Trouble.REFUSED):
                self.metrics.sends.labels("postponed").inc()
                await outcome.refused(session, parcel.taken, self.pace, result.reason)
            case Failed():
                self.metrics.sends.labels("failed").inc()
                await outcome.failed(
                    session,
                    parcel.taken,
                    result.trouble,
                    blocked=result.trouble is Trouble.BLOCKED,
                )


async def _keep_topic(session: Session, parcel: Parcel, topic: int | None) -> None:
    if topic is not None and parcel.wire.topic_of is not None:
        case = await session.get(Case, parcel.wire.topic_of)
        if case is not None:
            set_topic(session, case, topic)
