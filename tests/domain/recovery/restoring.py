from collections.abc import Awaitable, Callable

from domain.recovery import Recovered

Recover = Callable[[], Awaitable[Recovered]]
