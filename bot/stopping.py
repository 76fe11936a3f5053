"""How everything that runs learns that it should finish what it has in hand, and end."""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def when_asked(stop: Callable[[], object]) -> None:
    """Calls `stop` when SIGTERM asks the process to end, or SIGHUP as its terminal closes, unless
    it is to ignore that (nohup). Does nothing outside the main thread, which alone hears signals.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop)


class Stopping(asyncio.Event):
    """Set once, when the process has been asked to stop."""

    def on_signals(self) -> None:
        """SIGTERM, SIGINT and SIGHUP ask, too."""
        when_asked(self.set)
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self.set)

    async def wait_for(self, woken: asyncio.Event, seconds: float) -> None:
        """Returns when the event is set, when it is time to stop, or after that long."""
        waits = [asyncio.ensure_future(event.wait()) for event in (woken, self)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def unless_stopped(
        self, work: Coroutine[Any, Any, T], *, last_seconds: float = 0.0
    ) -> T | None:
        """What the work returns; None when it was time to stop, and the work was left undone.

        `last_seconds`: so long it may go on then.
        """
        working = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(self.wait())
        try:
            await asyncio.wait((working, stopped), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((working,), timeout=last_seconds)
            return await working if working.done() else None
        finally:
            working.cancel()
            stopped.cancel()

    async def pause(self, seconds: float) -> None:
        """Sleeps that long, or until it is time to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self.wait()
        except TimeoutError:
            return
