"""Where a replica can be killed: named places in its code, before or after.

A place is named by the module that uses it, "bot.lanes.lanes:mark_handled", since that is where a
call can be caught without touching the code. A name that does not exist any more is an error.
"""

import inspect
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any, Literal

from tests.forking.names import exchange, find

When = Literal["before", "after"]
Intake = Literal["polling", "webhook"]
INTAKES: tuple[Intake, ...] = ("polling", "webhook")


@dataclass(frozen=True, slots=True)
class Point:
    when: When
    place: str
    #: Only calls with an argument of that type, or whose text begins so.
    of: str | None = None
    #: Reached only where updates come in this way.
    intake: Intake | None = None
    #: A replica that is given a score of updates passes it so often, at least.
    passes: int = 4

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.when, self.place, self.of) if part)

    def concerns(self, arguments: tuple[Any, ...]) -> bool:
        return self.of is None or any(_is(argument, self.of) for argument in arguments)


def _is(argument: Any, wanted: str) -> bool:
    if isinstance(argument, str):
        return argument.startswith(wanted)
    return type(argument).__name__ == wanted


def _both(place: str, of: str | None = None, **more: Any) -> Iterator[Point]:
    yield Point("before", place, of, **more)
    yield Point("after", place, of, **more)


_TELEGRAM = "aiogram.client.session.aiohttp:AiohttpSession.make_request"
_ANSWER = "aiohttp.client_reqrep:ClientResponse.text"
_SQL = "asyncpg.connection:Connection.execute"

POINTS: tuple[Point, ...] = (
    # Every transaction: its commit asked for, and granted without our knowing.
    *_both(_SQL, "COMMIT", passes=20),
    # Intake: asked, handed over, stored, acknowledged by the next asking.
    *_both(_TELEGRAM, "RawUpdates", intake="polling", passes=3),
    *_both("bot.intake.polling:take_in", intake="polling", passes=2),
    *_both("bot.intake.webhook:take_in", intake="webhook", passes=12),
    # A lane: an update taken, looked at, handled, marked, and what comes after commit.
    *_both("bot.lanes.taking:heads_of_lanes", passes=6),
    *_both("bot.lanes.handling:Handling.look", passes=12),
    *_both("bot.lanes.handling:Handling.handle", passes=12),
    *_both("bot.lanes.lanes:mark_handled", passes=12),
    *_both("bot.lanes.handling:Handling._answer_press", passes=12),
    *_both(_TELEGRAM, "AnswerCallbackQuery", passes=1),
    # Handling: what is written on the way.
    *_both("handlers.watching:answer_signal"),
    *_both("domain.crisis.answering:open_or_append"),
    *_both("domain.channels.reaching:tell_chat", passes=6),
    *_both("domain.crisis.answering:keep_message"),
    *_both("handlers.answering.keeping:keep_message"),
    *_both("domain.notices.telling:put_newest", passes=8),
    *_both("bot.lanes.windows:post_newest", passes=8),
    *_both("bot.lanes.handling:save_dialogs"),
    # Delivery: claimed, worded, sent, accepted, answered, reported.
    *_both("bot.delivery.courier:claim"),
    *_both("bot.delivery.packing:wire", passes=12),
    *_both("bot.delivery.courier:send", passes=12),
    *_both(_TELEGRAM, "SendMessage", passes=12),
    Point("before", _ANSWER, passes=30),
    *_both("bot.delivery.outcome:sent", passes=12),
    # The clock.
    *_both("bot.clockwork.clockwork:Clockwork.tick"),
    # Among its equals: asking to lead, telling the others.
    *_both("bot.replica.replica:Replica._ask_to_lead", passes=1),
    *_both(_SQL, "SELECT pg_notify"),
)


def named(name: str) -> Point:
    return next(point for point in POINTS if point.name == name)


def arm(name: str, nth: int) -> None:
    """This process dies, as by kill -9, when it passes the point for the nth time."""
    passes = 0

    def pass_by() -> None:
        nonlocal passes
        passes += 1
        if passes == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    _watch(named(name), pass_by)


def note_passing(path: str) -> None:
    """This process writes down there which points it passes."""
    for point in POINTS:
        _watch(point, partial(_note, Path(path), point.name))


def _note(path: Path, name: str) -> None:
    with path.open("a") as file:
        file.write(f"{name}\n")


def _watch(point: Point, pass_by: Callable[[], None]) -> None:
    exchange(point.place, _watched(find(point.place), point, pass_by))


def _watched(function: Callable[..., Any], point: Point, pass_by: Callable[[], None]) -> Any:
    before, after = point.when == "before", point.when == "after"

    @wraps(function)
    def call(*args: Any, **more: Any) -> Any:
        concerned = point.concerns(args)
        if before and concerned:
            pass_by()
        result = function(*args, **more)
        if after and concerned:
            pass_by()
        return result

    @wraps(function)
    async def call_async(*args: Any, **more: Any) -> Any:
        concerned = point.concerns(args)
        if before and concerned:
            pass_by()
        result = await function(*args, **more)
        if after and concerned:
            pass_by()
        return result

    return call_async if inspect.iscoroutinefunction(function) else call
