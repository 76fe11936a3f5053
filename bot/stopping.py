"""How everything that runs learns that it should finish what it has in hand, and end."""

import asyncio


class Stopping(asyncio.Event):
    """Set once, when the process has been asked to stop."""

    async def wait_for(self, woken: asyncio.Event, seconds: float) -> None:
        """Returns when the event is set, when it is time to stop, or after that long."""
        waits = [asyncio.ensure_future(event.wait()) for event in (woken, self)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def pause(self, seconds: float) -> None:
        """Sleeps that long, or until it is time to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self.wait()
        except TimeoutError:
            return
