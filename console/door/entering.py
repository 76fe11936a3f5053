"""The moment of signing in, by whatever way, and whether it still holds."""

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from console import cookies
from console.door.browsers import browser_named
from console.visit import Visit
from domain.staff.browsers import LIFE, open_session, sign_out, still_here
from storage.sessions import Session
from storage.tables.staff import Staff


async def new_cookie(visit: Visit, session: Session, staff: Staff) -> str:
    """A fresh session; the one that this browser had, if any, ends."""
    earlier = cookie_of(visit)
    if earlier:
        await sign_out(session, earlier)
    return await open_session(session, staff, browser_of(visit))


def cookie_of(visit: Visit) -> str:
    """By which this browser is signed in; "" where it never was."""
    named = cookies.cookie_name(cookies.SESSION, visit.desk.settings)
    return visit.request.cookies.get(named, "")


async def held_still(visit: Visit, session: Session) -> Staff:
    """Their own row, locked, for what must not outlive a new set-up link. Needs the service's
    scope. Raises 403 where this browser was signed out meanwhile.
    """
    staff = await still_here(session, visit.actor.staff_id, cookie_of(visit))
    if staff is None:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return staff


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
