"""The page that a refused form came from, opened once more as its reader would open it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import FormData, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Scope

from console.forms.refilling import CAME_FROM, Refusal, refilled

_OF_A_FORM: Final = (b"content-type", b"content-length", b"transfer-encoding")
# No page of ours has a longer address, or lies so deep: what is made up would have hundreds of
# thousands opened for one form, while nobody else is heard.
_LONGEST: Final = 2000
_DEEPEST: Final = 8


class _NoPageError(Exception):
    """It is a file or a stream."""


@dataclass(slots=True)
class _Answer:
    status: int = 0
    headers: MutableHeaders = field(default_factory=MutableHeaders)
    body: bytearray = field(default_factory=bytearray)

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            return
        self.status, self.headers = message["status"], MutableHeaders(raw=message["headers"])
        if not self.headers.get("content-type", "").startswith("text/html"):
            raise _NoPageError


async def form_again(
    request: Request,
    sentence: str,
    given: FormData,
    *,
    status: int = HTTPStatus.CONFLICT,
    tells_of_change: bool = False,
) -> Response | None:
    """With what was given in it. None where nobody knows which page the form is from, or that page
    is gone.
    """
    for came_from in islice(_pages_of(request, given), _DEEPEST):
        answer = await _opened(request, came_from)
        if answer is None:
            continue
        refusal = Refusal(sentence, request.url.path, given, came_from, tells_of_change)
        response = Response(refilled(bytes(answer.body), refusal), status)
        del answer.headers["content-length"]
        response.headers.update(answer.headers)
        return response
    return None


def page_of(request: Request, given: FormData) -> str:
    """Where the form stood; "" where nobody knows."""
    return next(_pages_of(request, given), "")


def _pages_of(request: Request, given: FormData) -> Iterator[str]:
    """As the form says, or else the browser; of a page that answered a form, the one above it."""
    said = given.get(CAME_FROM) or request.headers.get("referer")
    try:
        parts = urlsplit(said if isinstance(said, str) and len(said) <= _LONGEST else "")
    except ValueError:
        return  # Made up, such as "http://[".
    if parts.netloc not in ("", request.headers.get("host")):
        return
    if address := parts.path:
        yield f"{address}?{parts.query}"
    while address := address.rpartition("/")[0]:
        yield address


async def _opened(request: Request, address: str) -> _Answer | None:
    path, _, query = address.partition("?")
    scope: Scope = {
        **request.scope,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "path_params": {},
        "headers": [each for each in request.scope["headers"] if each[0] not in _OF_A_FORM],
    }
    answer = _Answer()
    try:
        await request.app(scope, _nothing_more, answer.take)
    except _NoPageError:
        return None
    return answer if answer.status == HTTPStatus.OK else None


async def _nothing_more() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
