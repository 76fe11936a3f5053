"""What a person sent, as a browser gets it."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from console.files.ranges import playable
from console.visit import Visit
from domain.media.damage import Damaged
from domain.media.formats import Format, format_of
from storage.kinds import MessageKind

# What browsers show by themselves; anything else is only ever saved, never opened.
_SEEN = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "video/mp4"}
_HEARD = {"audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4"}
_SOUND = "audio/ogg"
# In the address: its reader knows by now what the file may tell, or has asked the person about it.
_KNOWING, _ASKED = "knowing", "asked"


async def handed_out(visit: Visit, data: bytes, kind: MessageKind) -> Response | None:
    """What a person sent, but for where, when and by what it was made.

    None where that can't be taken out and the reader does not know it yet. No voice waits for that:
    it has to be heard.
    """
    found = format_of(data)
    freed = await asyncio.to_thread(_freed, data, found)
    if (
        freed is None
        and kind is not MessageKind.VOICE
        and _KNOWING not in visit.request.query_params
    ):
        return None
    return _response(visit.request, data if freed is None else freed, kind, found)


def ask_first(visit: Visit) -> Response:
    """Says that it can't be taken out."""
    return visit.show_anybody("as-it-came.html", anyway=_here(visit, _KNOWING))


def ask_the_person(visit: Visit) -> Response:
    """Says that only they can say what it was."""
    return visit.show_anybody("not-to-be-had.html", asked=_here(visit, _ASKED))


def has_asked(visit: Visit) -> bool:
    return _ASKED in visit.request.query_params


def _here(visit: Visit, saying: str) -> str:
    return f"{visit.request.url.path}?{saying}=yes"


def _freed(data: bytes, found: Format | None) -> bytes | None:
    try:
        return found.without_place(data) if found else None
    except Damaged:
        return None


def _response(request: Request, data: bytes, kind: MessageKind, found: Format | None) -> Response:
    shown = found.type if found else ""
    if kind is MessageKind.VOICE:
        return playable(request, data, shown if shown in _HEARD else _SOUND)
    if kind is MessageKind.PHOTO and shown in _SEEN:
        return playable(request, data, shown)
    name = f"from-the-person.{found.ending}" if found else "from-the-person"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/octet-stream", headers=headers)
