"""Routes that say who may see them. There is no other kind in the console."""

from collections.abc import Awaitable, Callable
from enum import Enum, auto
from http import HTTPStatus
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.desk import Desk
from console.door import DoorIsFull
from console.members import signed_in
from console.once_more import form_again
from console.origin import ensure_from_here, is_own_form
from console.signed_out import given_back
from console.visit import Visit
from domain.actors import Right
from domain.errors import NotAllowed, Refused
from domain.marks import N_

Handler = Callable[[Visit], Awaitable[Response]]


class Access(Enum):
    #: Those who are not signed in, too.
    ANYBODY = auto()
    #: Staff of any role.
    STAFF = auto()


class Page(Route):
    def __init__(
        self,
        path: str,
        handler: Handler,
        needs: Access | Right,
        *,
        form: bool = False,
        largest: int | None = None,
    ) -> None:
        """`form` is for what changes something: it is posted, from a page of ours; it may be as
        `largest` says, in bytes, where it brings a file along.
        """
        self.needs = needs
        self.form = form
        methods = ["POST"] if form else ["GET"]
        super().__init__(
            path,
            _guarded(handler, needs, form, brings_file=largest is not None),
            methods=methods,
            max_body_size=largest,
        )


def _guarded(
    handler: Handler, needs: Access | Right, form: bool, *, brings_file: bool
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        desk = Desk.of(request)
        if any("\0" in value for _, value in request.query_params.multi_items()):
            # No database keeps a NUL, and no page of ours asks with one.
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if form:
            ensure_from_here(request, desk.settings)
        try:
            visit = Visit(request, desk, await signed_in(request, desk))
        except DoorIsFull:
            return _too_many(Visit(request, desk, None))
        if needs is Access.ANYBODY:
            return await _in_turn(handler, visit)
        if visit.member is None:
            # Nobody makes us read a file without being known.
            words = await given_back(visit) if form and not brings_file else None
            return words or _to_sign_in(request)
        if form and not await is_own_form(request, visit.me.form_token):
            return await _look_again(visit)
        if isinstance(needs, Right) and not visit.actor.may(needs):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return await _handled(handler, visit)

    return endpoint


async def _in_turn(handler: Handler, visit: Visit) -> Response:
    # Who sends slowly does so outside, and takes nobody's turn.
    await visit.request.body()
    try:
        async with visit.desk.door.passing():
            return await handler(visit)
    except DoorIsFull:
        return _too_many(visit)


def _too_many(visit: Visit) -> Response:
    sentence = N_("Too many are at the door just now. Try again in a minute.")
    return visit.show_anybody(
        "refused.html",
        status=HTTPStatus.TOO_MANY_REQUESTS,
        sentence=visit.translations.gettext(sentence),
    )


async def _handled(handler: Handler, visit: Visit) -> Response:
    """What the rules refuse is said beside the form, in which what was typed still stands."""
    try:
        return await handler(visit)
    except NotAllowed:
        raise HTTPException(HTTPStatus.FORBIDDEN) from None
    except Refused as error:
        sentence = visit.reason(error)
        again = (
            await form_again(visit.request, sentence) if visit.request.method == "POST" else None
        )
        return again or visit.show_anybody(
            "refused.html", status=HTTPStatus.CONFLICT, sentence=sentence
        )


async def _look_again(visit: Visit) -> Response:
    """Nothing is done that no page of this session asked for, but whoever signed in anew meanwhile
    finds what they typed. Raises 403 where nobody knows in which page.
    """
    sentence = N_("You signed in anew meanwhile. Look once more, and send it again.")
    again = await form_again(visit.request, visit.translations.gettext(sentence))
    if again is None:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return again


def _to_sign_in(request: Request) -> Response:
    """And back again to where they wanted to go."""
    if request.method != "GET":
        return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", HTTPStatus.SEE_OTHER)
