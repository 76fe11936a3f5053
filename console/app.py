"""The console as one application."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from console.desk import Desk
from console.door import DoorIsFull
from console.headers import StrictHeaders
from console.live import ended
from console.members import signed_in
from console.pages import PAGES
from console.settings import ConsoleSettings
from console.templating import templates
from console.visit import Visit
from locales.catalogues import Catalogues
from storage.sessions import Database

__all__ = ["ConsoleSettings", "create_console"]

# Words to a person and a passkey's answer are far smaller.
_LARGEST_FORM = 64 * 1024


def create_console(database: Database, settings: ConsoleSettings) -> Starlette:
    console = Starlette(
        routes=[
            *PAGES,
            Mount("/static", StaticFiles(packages=[("console", "static")]), name="static"),
        ],
        middleware=[Middleware(StrictHeaders, secure=settings.secure)],
        exception_handlers={HTTPException: _say_what_is_wrong},
        max_body_size=_LARGEST_FORM,
    )
    console.state.desk = Desk(database, settings, templates(), Catalogues.load())
    return console


async def _say_what_is_wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    desk = Desk.of(request)
    try:
        member = await signed_in(request, desk)
    except DoorIsFull:
        member = None
    visit = Visit(request, desk, member)
    known = error.status_code in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
    template = "not-found.html" if error.status_code == HTTPStatus.NOT_FOUND else "forbidden.html"
    if not known:
        return Response(error.detail, error.status_code, error.headers)
    return ended(request, signed_out=False) or visit.show_anybody(
        template, status=error.status_code
    )
