"""Pages that stay up to date: server-sent events, each re-read under its reader's own scope."""

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from console.admission import DoorIsFull
from console.members import signed_in
from console.visit import Visit
from domain.errors import Refusal
from storage.wakes import Topic

# A lost waking delays a page by no more than this. It also keeps proxies from hanging up, and pages
# from taking a quiet connection for a dead one (console/static/stream.js).
_LOOK_EVERY = 15.0
_STREAM = "text/event-stream"

Look = Callable[[], Awaitable[dict[str, Any]]]


def comparable(at: datetime | None) -> str:
    """For a script: what is later is greater, and nothing is the least of all."""
    return at.isoformat() if at else ""


def all_comparable(signs: Mapping[UUID, datetime | None]) -> dict[str, str]:
    return {str(case_id): comparable(at) for case_id, at in signs.items()}


class Live(Response):
    """Sends what `look` sees, at once and whenever it has changed.

    Ends when the browser leaves, is signed out, or the process is about to stop.
    """

    def __init__(self, visit: Visit, look: Look) -> None:
        super().__init__(media_type=_STREAM, headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._visit = visit
        self._look = look

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        async with anyio.create_task_group() as group:

            async def until(end: Awaitable[object]) -> None:
                await end
                group.cancel_scope.cancel()

            group.start_soon(until, self._visit.desk.settings.stopping.wait())
            group.start_soon(until, _left(receive))
            group.start_soon(until, self._send_for_now(send))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_for_now(self, send: Send) -> None:
        # Then the browser comes again by itself, in a few seconds.
        with suppress(DoorIsFull):
            await self._send_changes(send)

    async def _send_changes(self, send: Send) -> None:
        last = ""
        async with self._visit.desk.database.wakes.waiting(Topic.CASES) as woken:
            while await signed_in(self._visit.request, self._visit.desk):
                woken.clear()
                try:
                    seen = json.dumps(await self._look())
                except Refusal:
                    # What they looked at is not theirs to see any more.
                    await _send(send, _sign("gone"))
                    return
                await _send(send, _sign("here") if seen == last else f"data: {seen}\n\n")
                last = seen
                with anyio.move_on_after(_LOOK_EVERY):
                    await woken.wait()
        await _send(send, _sign("signed-out"))


def ended(request: Request, *, signed_out: bool) -> Response | None:
    """What a live page hears that comes back to a stream which is not its reader's any more; None
    for any other page. Another status, or another page, would tell its script nothing.
    """
    if _STREAM not in request.headers.get("accept", ""):
        return None
    return Response(_sign("signed-out" if signed_out else "gone"), media_type=_STREAM)


def _sign(name: str) -> str:
    return f"event: {name}\ndata: {{}}\n\n"


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
