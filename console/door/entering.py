"""The moment of signing in, by whatever way."""

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, RedirectResponse, Response

from console import cookies
from console.door.browsers import browser_named
from console.visit import Visit
from domain.staff.browsers import LIFE, open_session, sign_out
from storage.sessions import Session
from storage.tables.staff import Staff


async def new_cookie(visit: Visit, session: Session, staff: Staff) -> str:
    """A fresh session; the one that this browser had, if any, ends."""
    earlier = visit.request.cookies.get(cookies.cookie_name(cookies.SESSION, visit.desk.settings))
    if earlier:
        await sign_out(session, earlier)
    return await open_session(session, staff, browser_of(visit))


def browser_of(visit: Visit) -> str:
    """By what its owner knows it again."""
    return browser_named(visit.request.headers.get("user-agent", ""))


def let_in(visit: Visit, cookie: str, path: str) -> Response:
    return _with_cookie(visit, cookie, RedirectResponse(path, HTTPStatus.SEE_OTHER))


def let_in_by_script(visit: Visit, cookie: str, path: str) -> Response:
    return _with_cookie(visit, cookie, JSONResponse({"go": path}))


def own_path(wanted: str | None) -> str:
    """Where somebody wanted to go, if that is a page of ours."""
    parts = urlsplit(wanted or "")
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    if not ours or parts.path.startswith(("//", "/\\")):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _with_cookie(visit: Visit, cookie: str, response: Response) -> Response:
    cookies.keep(response, cookies.SESSION, cookie, visit.desk.settings, LIFE)
    return response
