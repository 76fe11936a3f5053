"""Being called by Telegram: an update is stored before it is acknowledged."""

import hmac
import json
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import code_of
from bot.web import OwnRoute
from storage.away import AWAY
from storage.inbox.arrivals import take_in
from storage.inbox.updates import is_update
from storage.sessions import SERVICE, Database

log = structlog.get_logger()

PATH = "/telegram"
#: Letters that a secret should have: whoever guesses it writes in anybody's name.
HARD_TO_GUESS = 16
_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a name
# As much as the proxy before it lets through: twice what a table has with a bold and italic letter
# in each cell, in answer to another one. What is refused Telegram brings again and again for a day,
# and nothing that follows it in its chat. Nothing is read of who does not know the secret.
_MOST_BYTES = 16_000_000


def webhook_address(url: str) -> str:
    """Where Telegram is to bring updates; `url` may say the whole of it, or what stands before."""
    return url.removesuffix(PATH) + PATH


def webhook_routes(database: Database, secret: str, url: str = "") -> list[OwnRoute]:
    """POST /telegram: 200 once stored, and never before. The same behind the folders of `url`,
    which a proxy takes away or leaves there, and at `url` itself, where it has a path.
    """
    if len(secret) < HARD_TO_GUESS:
        log.warning("the webhook's secret can be guessed", action="intake.guessable")

    async def receive(request: Request) -> Response:
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=401)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        update = _update(body)
        if update is None:
            return Response(status_code=400)
        try:
            async with database.begin(SERVICE) as session:
                await take_in(session, [update])
        except AWAY as error:
            log.warning("an update could not be kept", action="intake.wait", error=code_of(error))
            return Response(status_code=503, headers={"retry-after": "2"})
        return Response(status_code=200)

    paths = {PATH, urlsplit(webhook_address(url)).path, urlsplit(url).path} - {"", "/"}
    return [OwnRoute(path, receive, methods=["POST"]) for path in paths]


async def _body(request: Request) -> bytes | None:
    """None when it is too large; no more of it is read than that."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return None
    return bytes(body)


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if is_update(update) else None
