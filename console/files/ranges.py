"""What is heard or watched, handed out in the part that a browser asks for: a film or a voice is
jumped about in, and Safari plays none of a server that only ever sends the whole.
"""

import re
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

# One part; whoever asks for several at once is sent the whole, as anybody may be (RFC 9110, 14.2).
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)
_TAKEN: Final = {"Accept-Ranges": "bytes"}


def playable(request: Request, data: bytes, kind: str) -> Response:
    part = _asked_for(request, len(data))
    if part is None:
        return Response(data, media_type=kind, headers=_TAKEN)
    if not part:
        nothing = {"Content-Range": f"bytes */{len(data)}"}
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=nothing)
    where = {"Content-Range": f"bytes {part.start}-{part.stop - 1}/{len(data)}"}
    return Response(
        data[part.start : part.stop],
        HTTPStatus.PARTIAL_CONTENT,
        media_type=kind,
        headers=_TAKEN | where,
    )


def _asked_for(request: Request, length: int) -> range | None:
    """None for the whole; empty where it has no such part. What holds only of a version that the
    browser names is of none, since nothing here has a version's name.
    """
    asked = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if asked is None or "if-range" in request.headers or asked[1] == asked[2] == "":
        return None
    if not asked[1]:
        return range(max(0, length - int(asked[2])), length)
    first, last = int(asked[1]), int(asked[2] or length - 1)
    return range(first, min(last + 1, length)) if first <= last or not asked[2] else None
