"""What a courier has on its way stays its own until it has arrived, however long that takes."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from bot.delivery import claiming
from bot.delivery.outcome import Taken
from bot.errors import code_of
from storage.away import AWAY
from storage.sessions import SERVICE, Database

log = structlog.get_logger()

# So often within its time a lease is renewed: should the database go away, what is left of it is
# longer than a report is asked for again.
_WITHIN_A_LEASE = 6
# What has not arrived after so many leases is taken for stuck, and goes to whoever takes it.
_MOST_LEASES = 10
# Seconds, while nothing new is taken.
_LOOK_AGAIN = 1.0


@dataclass(slots=True)
class _Held:
    taken: Taken
    #: On the monotonic clock, like what follows.
    since: float
    renewed_at: float


@dataclass(slots=True)
class OnTheWay:
    database: Database
    clock: Callable[[], float] = time.monotonic
    _held: dict[asyncio.Task[None], _Held] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._held)

    def add(self, bringing: asyncio.Task[None], taken: Taken, since: float) -> None:
        """However the task ends, also before it begins: nobody keeps what nobody brings."""
        self._held[bringing] = _Held(taken, since, since)
        bringing.add_done_callback(self._let_go)

    def _let_go(self, bringing: asyncio.Task[None]) -> None:
        del self._held[bringing]

    async def keep(self) -> None:
        """Renews the leases of what takes long. Whoever takes more does this first: it would take
        what it has on its way itself, which would come twice (P12).
        """
        now = self.clock()
        long = {held.taken.id: held for held in self._held.values() if _is_due(held, now)}
        if long:
            async with self.database.begin(SERVICE) as session:
                kept = await claiming.renew(session, [held.taken for held in long.values()])
            for each in kept:
                long[each].renewed_at = now

    async def see_off(self) -> None:
        """The same until all has arrived, once nothing more is taken."""
        while self._held:
            await asyncio.wait(self._held, timeout=_LOOK_AGAIN)
            try:
                await self.keep()
            except AWAY as error:
                log.warning("the database is away", action="courier.wait", error=code_of(error))


def _is_due(held: _Held, now: float) -> bool:
    lease = claiming.LEASE.total_seconds()
    is_stuck = now - held.since > lease * _MOST_LEASES
    return not is_stuck and now - held.renewed_at >= lease / _WITHIN_A_LEASE
