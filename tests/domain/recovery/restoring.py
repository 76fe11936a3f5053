from collections.abc import Awaitable, Callable

from domain.recovery.restored import Recovered

Recover = Callable[[], Awaitable[Recovered]]
