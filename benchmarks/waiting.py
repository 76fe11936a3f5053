import asyncio
from collections.abc import Awaitable, Callable

# Rarely enough to cost the measured nothing: what counts are their own times, not ours.
_LOOK = 0.1


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Looks again and again: other processes set no event of ours."""
    while not await done():  # noqa: ASYNC110
        await asyncio.sleep(_LOOK)
