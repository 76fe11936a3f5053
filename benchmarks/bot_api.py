"""A Bot API server that costs next to nothing: prepared updates out, constant answers back.

`python -m benchmarks.bot_api` prints its address and serves until it is killed. It has no rules;
whoever needs those takes the simulator. Every token is a bot of its own.

POST /control/TOKEN/delay      seconds that every call takes from now on; a poll takes none
POST /control/TOKEN/updates    a JSON list of updates without numbers, handed out in order
GET  /control/TOKEN/progress   {"waiting": updates not yet acknowledged, "calls": how many}
GET  /control/TOKEN/seen       {"handed": [[time, how many], …], "calls": [[time, method, chat], …]}
GET  /control/TOKEN/keyboards  {chat: the newest call there that brought a keyboard, as it came}
POST /control/TOKEN/forget     forgets what was seen, not what is still to be handed out
"""

import asyncio
import json
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, cast

import httptools

_MOST_UPDATES = 100
# In a form as in JSON.
_CHAT = re.compile(rb"\bchat_id(?:=|\": )(-?\d+)")
_OFFSET = re.compile(rb"\boffset(?:=|\": )(-?\d+)")
_TIMEOUT = re.compile(rb"\btimeout(?:=|\": )(\d+)")
_ME = b'{"id":4242,"is_bot":true,"first_name":"Bench","username":"bench_bot"}'


@dataclass
class Bot:
    updates: list[bytes] = field(default_factory=list)
    acknowledged: int = 0
    more: asyncio.Event = field(default_factory=asyncio.Event)
    handed: list[tuple[float, int]] = field(default_factory=list)
    calls: list[tuple[float, str, int]] = field(default_factory=list)
    keyboards: dict[int, bytes] = field(default_factory=dict)
    messages: int = 0
    delay: float = 0

    def put(self, updates: list[dict[str, Any]]) -> None:
        for update in updates:
            numbered = {"update_id": len(self.updates) + 1, **update}
            if message := update.get("message"):
                # What is old counts as late, and is asked about.
                numbered["message"] = {**message, "date": int(time.time())}
            self.updates.append(json.dumps(numbered).encode())
        self.more.set()

    async def get_updates(self, body: bytes) -> bytes:
        offset = _OFFSET.search(body)
        if offset is not None:
            self.acknowledged = max(self.acknowledged, int(offset[1]) - 1)
        timeout = _TIMEOUT.search(body)
        if len(self.updates) == self.acknowledged and timeout is not None:
            self.more.clear()
            try:
                async with asyncio.timeout(int(timeout[1])):
                    await self.more.wait()
            except TimeoutError:
                return b"[]"
        some = self.updates[self.acknowledged : self.acknowledged + _MOST_UPDATES]
        self.handed.append((time.time(), len(some)))
        return b"[" + b",".join(some) + b"]"

    def call(self, method: str, body: bytes) -> bytes:
        found = _CHAT.search(body)
        if found is None:
            return _ME if method == "getme" else b"true"
        chat = int(found[1])
        self.calls.append((time.time(), method, chat))
        if b"callback_data" in body:
            self.keyboards[chat] = body
        if method.startswith("delete"):
            return b"true"
        self.messages += 1
        return (
            b'{"message_id":%d,"date":1750000000,"text":"as it came",'
            b'"chat":{"id":%d,"type":"private","first_name":"P"}}' % (self.messages, chat)
        )

    def control(self, verb: str, body: bytes) -> bytes:
        answer: Any = True
        match verb:
            case "delay":
                self.delay = json.loads(body)
            case "updates":
                self.put(json.loads(body))
            case "seen":
                answer = {"handed": self.handed, "calls": self.calls}
            case "keyboards":
                answer = {chat: body.decode() for chat, body in self.keyboards.items()}
            case "progress":
                waiting = len(self.updates) - self.acknowledged
                answer = {"waiting": waiting, "calls": len(self.calls)}
            case "forget":
                self.handed, self.calls = [], []
            case _:
                raise ValueError(verb)
        return json.dumps(answer).encode()


class Connection(asyncio.Protocol):
    """One keep-alive connection. What httptools finds in its bytes comes back in the on_… calls."""

    def __init__(self, bots: defaultdict[str, Bot], group: asyncio.TaskGroup) -> None:
        self._bots = bots
        self._group = group
        self._parser = httptools.HttpRequestParser(self)
        self._path = b""
        self._body = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        path, body = self._path.decode(), bytes(self._body)
        self._path = b""
        self._body.clear()
        # /bot<token>/<method> or /control/<token>/<verb>
        *_, token, verb = path.partition("?")[0].split("/")
        bot = self._bots[token.removeprefix("bot")]
        if path.startswith("/control/"):
            self._answer(bot.control(verb, body))
        elif verb.lower() == "getupdates":
            self._group.create_task(self._get_updates(bot, body))
        else:
            self._answer_after(bot.delay, b'{"ok":true,"result":%s}' % bot.call(verb.lower(), body))

    async def _get_updates(self, bot: Bot, body: bytes) -> None:
        self._answer(b'{"ok":true,"result":%s}' % await bot.get_updates(body))

    def _answer_after(self, delay: float, body: bytes) -> None:
        if delay:
            asyncio.get_running_loop().call_later(delay, self._answer, body)
        else:
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        self._transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
            % (len(body), body)
        )


async def serve() -> None:
    bots: defaultdict[str, Bot] = defaultdict(Bot)
    async with asyncio.TaskGroup() as group:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(bots, group), "127.0.0.1", 0)
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
