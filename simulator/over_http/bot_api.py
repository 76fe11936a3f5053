"""The Bot API over HTTP: who calls, what they want, and how it is made to fail."""

import asyncio
import re
from contextlib import suppress
from inspect import isawaitable
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from simulator.bot_api.failures import Mode
from simulator.bot_api.parameters import Parameters, read_parameters
from simulator.errors import ApiError, too_many_requests
from simulator.methods.table import METHODS
from simulator.telegram import Telegram
from simulator.wire import EscapedJson

TOKEN = re.compile(r"[1-9]\d*:[^/]{1,64}")
#: The ASGI extension by which our server cuts a connection; see server.py.
CUT = "simulator.cut"


class BotApi:
    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    async def call(self, request: Request) -> Response:
        self._check_token(request)
        name = request.path_params["method"]
        parameters = await read_parameters(
            request.headers.get("content-type", ""), await request.body(), request.query_params
        )
        mode = self._telegram.failures.next_mode(name, parameters.text("chat_id"))
        if mode == "none":
            return await self._answer(name, parameters)
        if mode == "accept_then_reset":
            with suppress(ApiError):
                await self._answer(name, parameters)
        else:
            self._note_failure(name, parameters, mode)
        return await self._fail(request, mode)

    async def download(self, request: Request) -> Response:
        self._check_token(request)
        path = request.path_params["path"]
        for file in self._telegram.world.files.values():
            if file.path == path:
                return Response(file.content, media_type="application/octet-stream")
        raise ApiError(404, "Not Found")

    async def _answer(self, name: str, parameters: Parameters) -> Response:
        return EscapedJson({"ok": True, "result": await execute(self._telegram, name, parameters)})

    async def _fail(self, request: Request, mode: Mode) -> Response:
        match mode:
            case "429":
                raise too_many_requests(self._telegram.failures.current.retry_after)
            case "500":
                raise ApiError(500, "Internal Server Error")
            case "502":
                return PlainTextResponse("<html>502 Bad Gateway</html>", 502)
            case "no_reason":
                return Response('{"ok":false}', 503, media_type="application/json")
            case "latin1":
                page = "<html>Der Dienst ist nicht verfügbar</html>".encode("latin-1")
                return Response(page, 502, {"content-type": "text/html"})
            case "bad_json":
                return Response('{"ok":tr', media_type="application/json")
            case "hang":
                await self._hang(request)
                await _cut(request)
            case "reset_before" | "accept_then_reset":
                await _cut(request)
            case "none":
                pass
        return Response(status_code=502)

    def _note_failure(self, name: str, parameters: Parameters, mode: Mode) -> None:
        with self._telegram.changing():
            call = self._telegram.log.begin(name, parameters, self._telegram.clock.now())
            call.error = f"failed on purpose: {mode}"

    async def _hang(self, request: Request) -> None:
        """Don't answer: until the client has had enough, the time is over, or the server stops."""
        seconds = self._telegram.failures.current.seconds
        async with asyncio.TaskGroup() as tasks:
            ends = [
                tasks.create_task(_gone(request)),
                tasks.create_task(self._telegram.stopping.wait()),
            ]
            await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()

    def _check_token(self, request: Request) -> None:
        token = request.path_params["token"]
        if not TOKEN.fullmatch(token):
            raise ApiError(401, "Unauthorized: invalid token specified")
        if token != self._telegram.token:
            raise ApiError(401, "Unauthorized")


async def execute(telegram: Telegram, name: str, parameters: Parameters) -> Any:
    """One call, noted in the log of calls whatever becomes of it."""
    call = telegram.log.begin(name, parameters, telegram.clock.now())
    telegram.activity.beat()
    try:
        result = METHODS.get(name.lower(), _unknown)(telegram, parameters)
        if isawaitable(result):
            result = await result
    except ApiError as error:
        call.error = error.description
        raise
    else:
        call.ok = True
        return result
    finally:
        telegram.activity.beat()


def _unknown(telegram: Telegram, parameters: Parameters) -> None:
    raise ApiError(404, "Not Found: method not found")


async def _cut(request: Request) -> None:
    """End the connection without an answer; plain servers can only answer 502 instead."""
    cut = request.scope.get("extensions", {}).get(CUT)
    if cut is None:
        return
    cut()
    await _gone(request)


async def _gone(request: Request) -> None:
    """Wait until the client has left. The body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
