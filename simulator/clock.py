"""The simulator's time: real, or whatever the caller keeps; and moving it ahead."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from simulator.errors import bad_request
from simulator.memory.world import World

Clock = Callable[[], datetime]
Advance = Callable[[timedelta], Awaitable[None]]


def real_time() -> datetime:
    return datetime.now(UTC)


class SimulatorClock:
    """With `advance` the clock is the caller's to move; any other is moved by an offset."""

    def __init__(
        self, world: World, clock: Clock = real_time, advance: Advance | None = None
    ) -> None:
        self._world = world
        self._clock = clock
        self._advance = advance

    def now(self) -> datetime:
        return self._clock() + self._world.ahead

    def seconds(self) -> int:
        """Since 1970, as the Bot API dates everything."""
        return int(self.now().timestamp())

    async def advance(self, by: timedelta) -> None:
        if by < timedelta():
            raise bad_request("the clock moves only ahead")
        if self._advance:
            await self._advance(by)
        else:
            self._world.ahead += by
