"""How large a form may be."""

from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.marks import N_

#: Thirty pages of notes in Arabic, of which a form makes six times as many bytes as letters.
LARGEST: Final = 512 * 1024
#: So much of what is too large is read that its page can give it back; the proxy lets through no
#: more (deploy/Caddyfile).
MOST_READ: Final = 3 * 1024 * 1024
# Digits; what is longer no server takes.
_COUNTED: Final = 19
TOO_LONG: Final = N_("This is too long to be taken. Shorten it, or send it in parts.")


def length_of(request: Request) -> int:
    """As the browser says; what says nothing is counted while it comes."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < _COUNTED else 0


class Bounded:
    """No body is read beyond what anybody may send: whoever reads on meets a 413 of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MOST_READ:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)
