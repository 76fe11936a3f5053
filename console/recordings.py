from starlette.responses import Response

from console.taken_where import without_place
from storage.kinds import MessageKind

# What each kind of recording is on Telegram; anything else is only ever saved, never opened.
_SHOWN = {MessageKind.VOICE: "audio/ogg", MessageKind.PHOTO: "image/jpeg"}


def recording(data: bytes, kind: MessageKind) -> Response:
    """What a person sent, as it came, but for where it was taken."""
    shown = _SHOWN.get(kind)
    headers = {} if shown else {"Content-Disposition": 'attachment; filename="from-the-person"'}
    return Response(
        without_place(data), media_type=shown or "application/octet-stream", headers=headers
    )
