"""The console as one application."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Mount
from starlette.staticfiles import StaticFiles

from console.admission import DoorIsFull
from console.desk import Desk
from console.forms.limits import TOO_LONG, Bounded
from console.headers import StrictHeaders
from console.live import ended
from console.members import signed_in
from console.pages import PAGES
from console.settings import ConsoleSettings
from console.templating import templates
from console.visit import Visit
from domain.marks import N_
from locales.catalogues import Catalogues
from storage.away import AWAY
from storage.sessions import Database

__all__ = ["ConsoleSettings", "create_console"]

_TEMPLATES: Mapping[int, str] = {
    HTTPStatus.FORBIDDEN: "forbidden.html",
    HTTPStatus.NOT_FOUND: "not-found.html",
}
_BROKEN = N_("This did not arrive as it was sent. Go back, load the page again and try once more.")
_SENTENCES: Mapping[int, str] = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TOO_LONG}


def create_console(database: Database, settings: ConsoleSettings) -> Starlette:
    console = Starlette(
        routes=[
            *PAGES,
            Mount("/static", StaticFiles(packages=[("console", "static")]), name="static"),
        ],
        middleware=[Middleware(StrictHeaders, secure=settings.secure), Middleware(Bounded)],
        exception_handlers={HTTPException: _say_what_is_wrong},
    )
    console.state.desk = Desk(database, settings, templates(), Catalogues.load())
    return console


async def _say_what_is_wrong(request: Request, error: Exception) -> Response:
    """On a page of ours, with a way back."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
        return RedirectResponse(_page_above(request.url.path), HTTPStatus.SEE_OTHER)
    desk = Desk.of(request)
    try:
        member = await signed_in(request, desk)
    except (DoorIsFull, *AWAY):
        member = None
    visit = Visit(request, desk, member)
    template = _TEMPLATES.get(error.status_code, "refused.html")
    sentence = visit.translations.gettext(_SENTENCES.get(error.status_code, _BROKEN))
    return ended(request, signed_out=False) or visit.show_anybody(
        template, status=error.status_code, sentence=sentence
    )


def _page_above(address: str) -> str:
    """The page to go to when somebody opens the address that a form is sent to: about the one that
    it was sent from.
    """
    while address := address.rpartition("/")[0]:
        scope = {"type": "http", "method": "GET", "path": address, "headers": []}
        if any(page.matches(scope)[0] is Match.FULL for page in PAGES):
            return address
    return "/"
