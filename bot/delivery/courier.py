"""Takes what is due out of the outbox and brings it to Telegram, again and again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from aiogram import Bot

from bot.delivery.claiming import Claim, claim, put_off_unknown
from bot.delivery.on_the_way import OnTheWay
from bot.delivery.outcome import Taken
from bot.delivery.pace import Pace, spend
from bot.delivery.packing import Packing, Parcel, pack_alone
from bot.delivery.reporting import Reporting
from bot.delivery.sending import Sent, send, tidy
from bot.errors import code_of
from bot.metrics.metrics import Metrics
from bot.replica.replica import Replica
from bot.stopping import Stopping
from locales.catalogues import Catalogues
from storage.away import AWAY, is_away
from storage.sessions import SERVICE, Database, Session
from storage.wakes import Topic

log = structlog.get_logger()

# How long to wait for a wake before looking again: held rows come due without one.
_LOOK_AGAIN = timedelta(seconds=0.5)
_DATABASE_PAUSE = 1.0
# However long Telegram wants us to wait: the database's clock may be set right meanwhile.
_LONGEST_PAUSE = timedelta(seconds=5)
# While there is something to do, more is on its way: what comes in a moment goes together.
_MOMENT = timedelta(seconds=0.025)
# At a time, so that urgent ones soon get their turn.
_MOST_TAKEN = 100
# Places that only urgent ones may take, lest a slow Telegram keeps all of them busy with others.
_RESERVED = 10


@dataclass(slots=True)
class Courier:
    database: Database
    bot: Bot
    catalogues: Catalogues
    pace: Pace
    metrics: Metrics
    replica: Replica | None = None
    _reporting: Reporting = field(init=False)
    _on_the_way: OnTheWay = field(init=False)
    #: Whether the last look found no places left but those of urgent ones.
    _is_short: bool = False
    #: Claimed, and not packed yet: the database went away in between.
    _in_hand: Claim | None = None

    def __post_init__(self) -> None:
        self._reporting = Reporting(self.database, self.pace, self.metrics)
        self._on_the_way = OnTheWay(self.database)

    @property
    def most_on_the_way(self) -> int:
        """So many sends may come twice when this process dies."""
        return max(50, self.pace.per_second // 5)

    @property
    def _free(self) -> int:
        return self.most_on_the_way - len(self._on_the_way)

    async def run(self, stopping: Stopping) -> None:
        """Until it is time to stop, or something fails; what is on its way arrives first (P12)."""
        fault: Exception | None = None
        async with (
            asyncio.TaskGroup() as group,
            self.database.wakes.waiting(Topic.OUTBOX) as woken,
        ):
            try:
                await self._deliver(group, woken, stopping)
            except Exception as error:
                fault = error
            await self._on_the_way.see_off()
        if fault is not None:
            raise fault

    async def _deliver(
        self, group: asyncio.TaskGroup, woken: asyncio.Event, stopping: Stopping
    ) -> None:
        while not stopping.is_set():
            woken.clear()
            try:
                wait = await self.deliver_some(group)
            except AWAY as error:
                log.warning("the database is away", action="courier.wait", error=code_of(error))
                await stopping.pause(_DATABASE_PAUSE)
                continue
            if wait is None:
                await stopping.wait_for(woken, _LOOK_AGAIN.total_seconds())
                if self._is_short:
                    # Places come free side by side, and what takes them goes together.
                    await stopping.pause(_MOMENT.total_seconds())
            else:
                await stopping.pause(min(wait, _LONGEST_PAUSE).total_seconds())

    async def deliver_some(self, group: asyncio.TaskGroup) -> timedelta | None:
        """Leases what may go and sends it side by side.

        Returns how long to wait before the next look; None when nothing more is due just now.
        """
        await self._on_the_way.keep()
        self._is_short = self._free <= _RESERVED
        places = min(self._free if self._is_short else self._free - _RESERVED, _MOST_TAKEN)
        if places <= 0:
            return None
        if self._in_hand is None or self._in_hand.too_old:
            self._in_hand = await self._claim(places)
        claimed = self._in_hand
        parcels = await self._pack(claimed.rows)
        self._in_hand = None
        for parcel in parcels:
            bringing = group.create_task(self._bring(parcel))
            self._on_the_way.add(bringing, parcel.taken, claimed.at)
            bringing.add_done_callback(self._make_room)
        if claimed.wait is not None:
            return claimed.still_to_wait
        if not claimed.rows:
            return None
        return timedelta() if len(claimed.rows) >= places else _MOMENT

    async def _claim(self, places: int) -> Claim:
        try:
            return await self._lease(places)
        except LookupError as error:
            log.error("messages of an unknown kind", action="delivery.word", error=code_of(error))
            async with self.database.begin(SERVICE) as session:
                await put_off_unknown(session)
            return Claim(())

    async def _lease(self, places: int) -> Claim:
        async with self.database.begin(SERVICE) as session:
            return await claim(
                session,
                self.pace,
                places,
                taker=self.replica.number if self.replica else None,
                urgent_only=self._is_short,
            )

    async def _pack(self, rows: Sequence[Taken]) -> list[Parcel]:
        """All together; should the database, or this release, choke on one of them, one by one."""
        if not rows:
            return []
        try:
            return await self._pack_together(rows)
        except Exception as error:
            if is_away(error):
                raise
            return await self._pack_each(rows)

    async def _pack_together(self, rows: Sequence[Taken]) -> list[Parcel]:
        async with self.database.begin(SERVICE, planned_once=True) as session:
            packing = await Packing.of(session, self.catalogues, rows)
            packed = [await packing.pack(row) for row in packing.rows]
            return await _that_go(session, rows, packed)

    async def _pack_each(self, rows: Sequence[Taken]) -> list[Parcel]:
        async with self.database.begin(SERVICE) as session:
            packed = [await pack_alone(session, self.catalogues, row) for row in rows]
            return await _that_go(session, rows, packed)

    async def _bring(self, parcel: Parcel) -> None:
        """What can't be reported is sent once more (P12).

        Whatever goes wrong with one message stays with it.
        """
        try:
            result = await send(self.bot, parcel.wire, parcel.topic)
            await self._reporting.keep(parcel.taken, result)
            if isinstance(result, Sent):
                await tidy(self.bot, parcel.wire)
        except Exception as error:
            log.error("an outcome was not kept", action="delivery.report", error=code_of(error))

    def _make_room(self, _: asyncio.Task[None]) -> None:
        if self._is_short:
            self.database.wakes.heard(Topic.OUTBOX)


async def _that_go(
    session: Session, claimed: Sequence[Taken], packed: Sequence[Parcel | None]
) -> list[Parcel]:
    """What does not go now leaves its share of Telegram's limit to others."""
    parcels = [parcel for parcel in packed if parcel is not None]
    if len(parcels) < len(claimed):
        await spend(session, len(parcels) - len(claimed))
    return parcels
