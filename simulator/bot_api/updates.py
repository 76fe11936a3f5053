"""The queue of updates and who may take from it."""

import asyncio
from collections.abc import Callable, Sequence

from simulator.errors import ApiError, conflict
from simulator.memory.pending import Pending
from simulator.memory.world import World
from simulator.pulse import Pulse
from simulator.wire import Json

ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KEPT_SECONDS = 24 * 3600
REPEATED_SECONDS = 0.5
OTHER_POLL = conflict(
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)


class UpdateQueue:
    def __init__(self, world: World, now: Callable[[], int]) -> None:
        self._world = world
        self._now = now
        self._poll = 0
        self._interruption: ApiError = OTHER_POLL
        self._last_call: tuple[int, float] = (0, 0.0)
        self.arrivals = Pulse()

    def put(self, kind: str, payload: Json, lane: int | None) -> None:
        if not self._wanted(kind):
            return
        self._world.last_update_id += 1
        update = {"update_id": self._world.last_update_id, kind: payload}
        self._append(Pending(update, lane, self._now()))

    def inject(self, update: Json) -> None:
        """Deliver this once, whatever it says; only a missing update_id is filled in."""
        if "update_id" not in update:
            self._world.last_update_id += 1
            update = {"update_id": self._world.last_update_id, **update}
        self._append(Pending(update, None, self._now(), injected=True))

    def allow(self, kinds: list[str] | None) -> None:
        """Which kinds are kept from now on; None leaves it, an empty list restores the default."""
        if kinds is not None:
            self._world.allowed_updates = kinds

    def interrupt(self, reason: ApiError = OTHER_POLL) -> None:
        """Whoever polls now is sent away."""
        self._poll += 1
        self._interruption = reason
        self.arrivals.beat()

    async def take(self, offset: int, limit: int, patience: float) -> list[Json]:
        """What getUpdates answers; waits up to `patience` seconds where there is nothing yet."""
        self.interrupt()
        poll = self._poll
        if self._repeats(offset):
            limit = 1
        self._confirm(offset)
        try:
            async with asyncio.timeout(patience):
                while not self.waiting and poll == self._poll:
                    await self.arrivals.beyond(self.arrivals.version)
        except TimeoutError:
            pass
        if poll != self._poll:
            raise ApiError(self._interruption.code, self._interruption.description)
        batch = self.waiting[:limit]
        for pending in batch:
            pending.delivered = True
        return [pending.update for pending in batch]

    @property
    def waiting(self) -> Sequence[Pending]:
        """The oldest first; what is older than a day is forgotten, as Telegram does."""
        oldest = self._now() - KEPT_SECONDS
        self._keep(lambda pending: pending.date >= oldest)
        return self._world.pending

    def done(self, pending: Pending) -> None:
        self._keep(lambda other: other is not pending)

    def clear(self) -> None:
        self._world.pending.clear()

    def _append(self, pending: Pending) -> None:
        self._world.pending.append(pending)
        self.arrivals.beat()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            del self._world.pending[:offset]
        elif offset > 0:
            self._keep(lambda pending: not pending.confirmed_by(offset))

    def _keep(self, wanted: Callable[[Pending], bool]) -> None:
        self._world.pending[:] = filter(wanted, self._world.pending)

    def _repeats(self, offset: int) -> bool:
        """Whether the same offset came half a second ago: Telegram then hands out one update."""
        now = asyncio.get_running_loop().time()
        last_offset, last_time = self._last_call
        self._last_call = (offset, now)
        return offset == last_offset and now < last_time + REPEATED_SECONDS

    def _wanted(self, kind: str) -> bool:
        allowed = self._world.allowed_updates
        return kind in allowed if allowed else kind not in ON_REQUEST
