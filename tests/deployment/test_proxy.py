"""deploy/Caddyfile, in a real Caddy before a stand-in for `wayhome run`."""

import asyncio
import re
import shutil
import socket
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.stopping import Stopping
from bot.web import listen, serve
from console.pages.questionnaires import FILE
from tests.deployment.conftest import HOUSE
from tests.process import free_port

pytestmark = pytest.mark.skipif(shutil.which("caddy") is None, reason="needs caddy")

_SECRET = "x-telegram-bot-api-secret-token"
# Seconds. A busy machine fails no test.
_PATIENCE = 60


@dataclass
class Door:
    address: str
    log: Path
    replica: asyncio.Task[None]
    stopping: Stopping

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.address, timeout=_PATIENCE)

    async def lose_replica(self) -> None:
        self.stopping.set()
        await self.replica


def _replica(stopping: Stopping) -> Starlette:
    async def webhook(request: Request) -> Response:
        return PlainTextResponse(request.headers[_SECRET] + (await request.body()).decode())

    async def events(request: Request) -> Response:
        async def stream() -> AsyncIterator[str]:
            yield "data: first\n\n"
            await stopping.wait()

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def anything(request: Request) -> Response:
        return PlainTextResponse(f"{request.headers['host']} {request.url.path}")

    return Starlette(
        routes=[
            Route("/telegram", webhook, methods=["POST"]),
            Route("/queue/events", events),
            Route("/{path:path}", anything),
        ]
    )


@pytest.fixture
def caddyfile() -> str:
    return (HOUSE / "deploy/Caddyfile").read_text()


@pytest.fixture
async def door(tmp_path: Path, caddyfile: str) -> AsyncIterator[Door]:
    listening = listen("127.0.0.1", 0)
    stopping = Stopping()
    port, inner = free_port(), free_port()
    config = caddyfile
    for there, here in (
        ("wayhome:8080", f"127.0.0.1:{listening.getsockname()[1]}"),
        ("127.0.0.1:2080", f"127.0.0.1:{inner}"),
    ):
        assert there in config
        config = config.replace(there, here)
    (tmp_path / "Caddyfile").write_text(config)
    log = tmp_path / "log"
    async with asyncio.TaskGroup() as group:
        replica = group.create_task(serve(_replica(stopping), listening, stopping))
        with log.open("w") as out:
            caddy = await asyncio.create_subprocess_exec(
                "caddy",
                "run",
                f"--config={tmp_path / 'Caddyfile'}",
                "--adapter=caddyfile",
                env={"HOME": str(tmp_path), "WAYHOME_DOMAIN": f"http://localhost:{port}"},
                stdout=PIPE,
                stderr=out,
            )
        try:
            for each in (inner, port):
                await _until_up(each)
            yield Door(f"http://localhost:{port}", log, replica, stopping)
        finally:
            stopping.set()
            caddy.terminate()
            await caddy.communicate()


async def _until_up(port: int) -> None:
    """Somebody listens there. A test that waits for ever is stopped by its timeout."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        await asyncio.sleep(0.05)


async def test_what_telegram_and_browsers_send_reaches_a_replica_as_it_is(door: Door) -> None:
    async with door.client() as client:
        page = await client.get("/sign-in")
        update = await client.post("/telegram", content="{}", headers={_SECRET: "s3cret"})

    assert page.text == f"{door.address.removeprefix('http://')} /sign-in"
    assert update.text == "s3cret{}"
    assert "server" not in page.headers


async def test_a_live_page_gets_each_event_at_once(door: Door) -> None:
    async with (
        door.client() as client,
        client.stream("GET", "/queue/events") as response,
    ):
        first = await anext(response.aiter_text())

        assert first == "data: first\n\n"
        door.stopping.set()


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz", "/%6detrics", "/METRICS"])
async def test_p8_what_the_service_counts_is_not_told_outside(door: Door, path: str) -> None:
    async with door.client() as client:
        assert (await client.get(path)).status_code == 404


def _with_a_guard_elsewhere() -> str:
    """As the operator's page says, for a guard on this machine."""
    page = (HOUSE / "docs/operations.md").read_text()
    (block,) = re.findall(r"^ *```\n( *@inside \{\n.+?) *```$", page, re.MULTILINE | re.DOTALL)
    here = dedent(block).replace("203.0.113.7", "127.0.0.1 ::1")
    lines = (HOUSE / "deploy/Caddyfile").read_text().splitlines()
    return "\n".join(here if line.strip().startswith("@inside path") else line for line in lines)


@pytest.mark.parametrize("caddyfile", [_with_a_guard_elsewhere()], ids=["excepted"])
async def test_a_guard_elsewhere_can_be_let_in_as_the_operators_page_says(door: Door) -> None:
    async with door.client() as client:
        assert (await client.get("/readyz")).text.endswith("/readyz")


async def test_the_largest_form_that_the_console_takes_reaches_it(door: Door) -> None:
    async with door.client() as client:
        answer = await client.post("/telegram", content=b"x" * FILE.largest, headers={_SECRET: "s"})

    assert len(answer.content) == FILE.largest + 1


async def test_more_than_sixteen_megabytes_are_refused(door: Door) -> None:
    async with door.client() as client:
        answer = await client.post("/telegram", content=b"x" * 16_100_000, headers={_SECRET: "s"})

    assert answer.status_code in (413, 502)


async def test_p8_the_log_holds_no_address_link_or_secret_even_when_no_replica_answers(
    door: Door,
) -> None:
    await door.lose_replica()
    async with door.client() as client:
        answer = await client.get(
            "/set-up/canary-link", headers={_SECRET: "canary-secret", "X-Forwarded-For": "canary"}
        )

    assert answer.status_code == 502
    assert "canary" not in door.log.read_text()
