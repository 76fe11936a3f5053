import asyncio
import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount

from bot.errors import CannotOpen
from bot.stopping import Stopping
from bot.web import OwnRoute, listen, serve


async def test_no_answer_waits_until_the_one_before_was_acknowledged() -> None:
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    listening = listen("127.0.0.1", 0)
    server = await asyncio.start_server(lambda _, writer: accepted.put(writer), sock=listening)
    async with server:
        _, ours = await asyncio.open_connection(*listening.getsockname())
        theirs = await accepted.get()
        connection = theirs.get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        for each in (ours, theirs):
            each.close()
            await each.wait_closed()


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "two..dots"])
def test_a_host_that_is_not_this_machine_is_named_and_not_the_port(host: str) -> None:
    with pytest.raises(CannotOpen, match=rf"^WAYHOME_HOST .*: {host}\.$"):
        listen(host, 0)


async def test_whoever_took_the_same_port_at_the_same_moment_is_told_so_in_one_sentence() -> None:
    with listen("127.0.0.1", 0) as first, listen(*first.getsockname()) as second:
        first.listen()

        with pytest.raises(CannotOpen, match=r"^Port \d+ on 127\.0\.0\.1 can't be used .*_PORT\.$"):
            await serve(Starlette(), second, Stopping())


async def test_a_wrong_method_is_told_as_that_and_not_looked_for_in_the_console() -> None:
    async def answer(request: Request) -> Response:
        return PlainTextResponse("stored")

    routes = [
        OwnRoute("/telegram", answer, methods=["POST"]),
        Mount("/", PlainTextResponse("the console")),
    ]
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        brought, asked = await client.post("/telegram"), await client.get("/telegram")

    assert (brought.status_code, brought.text) == (200, "stored")
    assert (asked.status_code, asked.headers["allow"]) == (405, "POST")
