"""What a trial changes in a replica before it runs."""

import os
import signal
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from dialogs import states
from tests.forking.names import exchange, find


def free_what_is_stuck_after(seconds: float) -> None:
    """Sooner than in service, where a minute is the measure; and in proportion all that is to end
    before it does: waiting for somebody's lock, and a transaction of who stands still. With a lease
    as short as those, one that is well could renew none while it waited for one that is not.
    """
    exchange("bot.delivery.claiming:LEASE", timedelta(seconds=seconds))
    settings = find("storage.connections:_SERVER_SETTINGS")
    settings["lock_timeout"] = f"{seconds / 6:g}s"
    settings["idle_in_transaction_session_timeout"] = f"{seconds / 4:g}s"
    exchange("bot.replica.standstill:_PATIENCE", timedelta(seconds=seconds * 2 / 3))


def keep_to_telegrams_pace() -> None:
    """As in service, and not as other trials hurry."""
    exchange("bot.app:Pace", find("bot.delivery.pace:Pace"))


def die_of(words: str) -> None:
    """Whatever handles an update with these words takes the process with it."""
    handle = find("bot.lanes.handling:Handling.handle")

    async def die(self: Any, session: Any, update: Mapping[str, Any], *, found: bool) -> Any:
        if words in str(update):
            os.kill(os.getpid(), signal.SIGKILL)
        return await handle(self, session, update, found=found)

    exchange("bot.lanes.handling:Handling.handle", die)


def rename_dialog_states() -> None:
    """As a deploy would that calls everything otherwise."""
    groups = [group for group in vars(states).values() if hasattr(group, "__all_states__")]
    for group in groups:
        for state in group.__all_states__:
            state._state = f"{state._state}_renamed"
        group.__all_states_names__ = tuple(state.state for state in group.__all_states__)


def step_the_clock_on_signal(seconds: float) -> None:
    """On SIGUSR1 this machine's wall clock is set, as far as this process can tell."""
    steps = _Steps(seconds)
    signal.signal(signal.SIGUSR1, steps.step)
    true_time = time.time
    exchange("time:time", lambda: true_time() + steps.ahead)

    class SteppedDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=steps.ahead)

    for module in (
        "apscheduler.schedulers.base",
        "apscheduler.executors.base",
        "apscheduler.triggers.interval",
        "bot.clockwork.clockwork",
    ):
        exchange(f"{module}:datetime", SteppedDatetime)


class _Steps:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.ahead = 0.0

    def step(self, number: int, frame: object) -> None:
        self.ahead += self._seconds
