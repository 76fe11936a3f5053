"""A Bot API server that is not our simulator: what Telegram documents, on another library.

It knows just enough to hand over updates and take messages, and shares no line with simulator/.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

_JSON = "application/json"
TOKEN = "777000777:AAother-server-token-that-opens-nothing"


@dataclass
class OtherServer:
    url: str = ""
    token: str = TOKEN
    updates: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def write(self, chat_id: int, text: str) -> None:
        """Somebody writes to the bot."""
        number = len(self.updates) + 1
        person = {"id": chat_id, "is_bot": False, "first_name": "Other", "language_code": "en"}
        entity = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
        message = {
            "message_id": number,
            "date": 1_790_000_000,
            "chat": {"id": chat_id, "type": "private", "first_name": "Other"},
            "from": person,
            "text": text,
            "entities": [entity] if text.startswith("/") else [],
        }
        self.updates.append({"update_id": 5000 + number, "message": message})
        async with self.arrived:
            self.arrived.notify_all()

    async def receives(self, words: str) -> dict[str, Any]:
        """The first message of the bot that contains these words, once it came."""

        def found() -> dict[str, Any] | None:
            return next((each for each in self.sent if words in each.get("text", "")), None)

        async with asyncio.timeout(20), self.arrived:
            await self.arrived.wait_for(lambda: found() is not None)
        message = found()
        assert message is not None
        return message

    async def call(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            return _answer({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        said = await request.json() if request.content_type == _JSON else dict(await request.post())
        result = await self._result(request.match_info["method"].lower(), said)
        return _answer({"ok": True, "result": result})

    async def _result(self, method: str, said: dict[str, Any]) -> Any:
        match method:
            case "getme":
                return {"id": 777000777, "is_bot": True, "first_name": "O", "username": "o_bot"}
            case "getupdates":
                return await self._updates_from(int(said.get("offset", 0)))
            case "sendmessage":
                return await self._take(said)
            case _:
                return True

    async def _updates_from(self, offset: int) -> list[dict[str, Any]]:
        def waiting() -> list[dict[str, Any]]:
            return [update for update in self.updates if update["update_id"] >= offset]

        try:
            async with asyncio.timeout(5), self.arrived:
                await self.arrived.wait_for(waiting)
        except TimeoutError:
            return []
        return waiting()

    async def _take(self, said: dict[str, Any]) -> dict[str, Any]:
        self.sent.append(said)
        async with self.arrived:
            self.arrived.notify_all()
        chat = {"id": int(said["chat_id"]), "type": "private", "first_name": "Other"}
        return {"message_id": 9000 + len(self.sent), "date": 1_790_000_000, "chat": chat}


def _answer(envelope: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(envelope), content_type=_JSON, status=status)


@asynccontextmanager
async def running_other_server() -> AsyncIterator[OtherServer]:
    server = OtherServer()
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", server.call)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
