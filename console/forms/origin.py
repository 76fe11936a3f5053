"""Forms are taken from our own pages only: by where they come from, and by a token within."""

import hmac
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.forms.refilling import PROOF
from console.settings import ConsoleSettings

#: By which a script shows the same, and that it is one.
HEADER = "x-form-token"


def ensure_from_here(request: Request, settings: ConsoleSettings) -> None:
    """Raises 403 for a form of another site. A browser says the origin of every form."""
    here = {settings.origin, f"{request.url.scheme}://{request.headers.get('host', '')}"}
    if request.headers.get("origin") not in here:
        raise HTTPException(HTTPStatus.FORBIDDEN)


async def is_own_form(request: Request, form_token: str) -> bool:
    """Whether a page of this session made it."""
    given = request.headers.get(HEADER) or (await request.form()).get(PROOF, "")
    return isinstance(given, str) and hmac.compare_digest(given.encode(), form_token.encode())
