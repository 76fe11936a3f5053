"""What a replica under trial does faster than one in service, so that a thousand fit into a test.

Nothing else about it differs: ticks come up to fifteen times as often, the rare ones every few
seconds, and one chat may be written to without a pause; both make more happen at once, not less.
And it goes by its process's number, so that a trial knows whose the rows are that it has taken.
"""

import os
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from bot.clockwork.clockwork import Tick
from bot.clockwork.ticks import TICKS
from bot.replica.replica import Replica
from bot.stopping import Stopping
from bot.watch.apart import WatchApart
from tests.forking.names import exchange, find

_HURRY = 15
# However many ticks there are, they leave three replicas time for messages.
_OFTENEST, _RAREST = 0.6, 6.0
_BETWEEN_MESSAGES = timedelta(milliseconds=1)
_BIRTH = timedelta(seconds=1)


def make() -> None:
    # There is no time for a second process beside each.
    exchange("bot.watch.apart:WatchApart.run", _stay_here)
    exchange("bot.lanes.deaths:_BIRTH", _BIRTH)
    exchange("bot.app:Replica", _replica_by_process)
    exchange("bot.app:TICKS", [_hurried(tick) for tick in TICKS])
    exchange("bot.app:Pace", partial(find("bot.app:Pace"), per_chat=_BETWEEN_MESSAGES))


async def _stay_here(_: WatchApart, stopping: Stopping) -> None:
    await stopping.wait()


def _replica_by_process(*args: Any) -> Replica:
    replica = Replica(*args)
    replica.number = os.getpid()
    return replica


def _hurried(tick: Tick) -> Tick:
    return replace(tick, seconds=min(max(tick.seconds / _HURRY, _OFTENEST), _RAREST))
