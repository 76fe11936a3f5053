"""Forms are taken from our own pages only: by where they come from, and by a token within. And
what counts once it is fetched, only where a page of ours has it fetched.
"""

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
    if request.headers.get("origin") not in _here(request, settings):
        raise HTTPException(HTTPStatus.FORBIDDEN)


def is_fetched_from_here(request: Request, settings: ConsoleSettings) -> bool:
    """Whether a page of ours had its browser ask, and no link that came by mail or in a chat.

    An older browser, or any without https, says only which page it was on.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    page = request.headers.get("referer", "")
    return any(page.startswith(f"{each}/") for each in _here(request, settings))


async def is_own_form(request: Request, form_token: str) -> bool:
    """Whether a page of this session made it."""
    given = request.headers.get(HEADER) or (await request.form()).get(PROOF, "")
    return isinstance(given, str) and hmac.compare_digest(given.encode(), form_token.encode())


def _here(request: Request, settings: ConsoleSettings) -> set[str]:
    return {settings.origin, f"{request.url.scheme}://{request.headers.get('host', '')}"}
