"""Routes that say who may see them. There is no other kind in the console."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from http import HTTPStatus
from urllib.parse import quote

from sqlalchemy.exc import DBAPIError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.admission import DoorIsFull
from console.desk import Desk
from console.failing import sorry
from console.forms.giving_back import given_back, is_typed
from console.forms.limits import LARGEST, TOO_LONG, length_of
from console.forms.once_more import form_again, page_of
from console.forms.origin import HEADER, ensure_from_here, is_own_form
from console.forms.refilling import PROOF
from console.live import ended
from console.members import signed_in
from console.visit import Visit
from domain.actors import Right
from domain.errors import ChangedMeanwhile, NotAllowed, Refused
from domain.marks import N_
from storage.away import stood_in_the_way

Handler = Callable[[Visit], Awaitable[Response]]

# A page that loses against another transaction (deadlock, serialisation) is done so often at most.
_TRIES = 3


class Access(Enum):
    #: Those who are not signed in, too.
    ANYBODY = auto()
    #: Staff of any role.
    STAFF = auto()


@dataclass(frozen=True, slots=True)
class File:
    """What a form may bring along."""

    #: Bytes of the whole form, the file among them.
    largest: int
    #: What is said where it is larger.
    too_large: str


class Page(Route):
    def __init__(
        self,
        path: str,
        handler: Handler,
        needs: Access | Right,
        *,
        form: bool = False,
        file: File | None = None,
    ) -> None:
        """`form` is for what changes something: it is posted, from a page of ours, perhaps with a
        `file` along.
        """
        self.needs = needs
        self.form = form
        guard = _Guard(path, handler, needs, form, file)
        super().__init__(path, guard.answer, methods=["POST"] if form else ["GET"])


@dataclass(frozen=True, slots=True)
class _Guard:
    """Stands before a page: looks at whoever comes, and answers for whatever happens behind it."""

    path: str
    handler: Handler
    needs: Access | Right
    form: bool
    file: File | None

    async def answer(self, request: Request) -> Response:
        desk = Desk.of(request)
        if _no_keyboard_types(request):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if self.form:
            ensure_from_here(request, desk.settings)
        visit = Visit(request, desk, None)
        try:
            visit = replace(visit, member=await signed_in(request, desk))
            return await self._look(visit)
        except DoorIsFull:
            words = await given_back(visit, "failed.html", HTTPStatus.TOO_MANY_REQUESTS)
            return words or _too_many(visit)
        except (HTTPException, ClientDisconnect):
            raise
        except Exception as error:
            return await sorry(visit, self.path, error)
        finally:
            # With the file that it brought along, whether anybody took it or not.
            await request.close()

    async def _look(self, visit: Visit) -> Response:
        largest, too_large = LARGEST, TOO_LONG
        if self.file:
            largest, too_large = self.file.largest, self.file.too_large
        fits = length_of(visit.request) <= largest
        may_have_typed = self.form and is_typed(visit.request)
        if self.needs is Access.ANYBODY:
            if not fits:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return await _in_turn(self._do, visit)
        if self.form and fits and visit.member is not None:
            visit = await _once_all_is_here(visit)
        if visit.member is None:
            # Nobody makes us read a file without being known.
            is_read = may_have_typed and length_of(visit.request) <= LARGEST
            return await _signed_out(visit, may_have_typed=is_read)
        if not fits:
            return await _too_large(visit, too_large, may_have_typed=may_have_typed)
        if self.form and not await is_own_form(visit.request, visit.me.form_token):
            return await _look_again(visit)
        if isinstance(self.needs, Right) and not visit.actor.may(self.needs):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return await _handled(self._do, visit)

    async def _do(self, visit: Visit) -> Response:
        """What stood in another transaction's way was rolled back, and is done again."""
        # A file can be read only once.
        tries = 1 if self.file else _TRIES
        for _ in range(tries - 1):
            try:
                return await self.handler(visit)
            except DBAPIError as error:
                if not stood_in_the_way(error):
                    raise
        return await self.handler(visit)


def _no_keyboard_types(request: Request) -> bool:
    """Whether there is a NUL in the address, which nothing of ours has in its name."""
    parts = request.path_params.values(), *request.query_params.multi_items()
    return any("\0" in part for each in parts for part in map(str, each))


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
        again = None
        if visit.request.method == "POST":
            told = isinstance(error, ChangedMeanwhile)
            given = await visit.request.form()
            again = await form_again(visit.request, sentence, given, tells_of_change=told)
        return again or visit.show_anybody(
            "refused.html", status=HTTPStatus.CONFLICT, sentence=sentence
        )


async def _look_again(visit: Visit) -> Response:
    """Nothing is done that no page of this session asked for, but whoever signed in anew meanwhile,
    or was given back what they typed, finds it. Raises 403 where nobody knows in which page.
    """
    sentence = N_("Look once more, and send it again.")
    given = await visit.request.form()
    if PROOF in given:
        sentence = N_("You signed in anew meanwhile. Look once more, and send it again.")
    again = await form_again(visit.request, visit.translations.gettext(sentence), given)
    if again is None:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return again


async def _once_all_is_here(visit: Visit) -> Visit:
    """With whoever sent the form as they are by now: it may have come byte by byte, and been begun
    before they were signed out.
    """
    await visit.request.form()
    return replace(visit, member=await signed_in(visit.request, visit.desk))


async def _too_large(visit: Visit, why: str, *, may_have_typed: bool) -> Response:
    """Nothing is done, and what was typed stands in its form again, to be shortened, unless nobody
    reads so much.
    """
    given = FormData()
    with suppress(HTTPException):
        given = await visit.request.form() if may_have_typed else given
    sentence = visit.translations.gettext(why)
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    again = await form_again(visit.request, sentence, given, status=status)
    return again or visit.show_anybody("refused.html", status=status, sentence=sentence)


async def _signed_out(visit: Visit, *, may_have_typed: bool) -> Response:
    """To the door, and back again to where they wanted to go, or were."""
    request = visit.request
    if may_have_typed:
        words = await given_back(visit, "signed-out.html", HTTPStatus.UNAUTHORIZED)
        if words is not None:
            return words
    if over := ended(request, signed_out=True):
        return over
    if HEADER in request.headers:
        # A script keeps what it sent, and would take the door for an answer.
        raise HTTPException(HTTPStatus.UNAUTHORIZED)
    wanted = f"{request.url.path}?{request.url.query}".removesuffix("?")
    if request.method == "POST":
        wanted = page_of(request, await request.form() if may_have_typed else FormData())
    after = f"?next={quote(wanted)}" if wanted else ""
    return RedirectResponse(f"/sign-in{after}", HTTPStatus.SEE_OTHER)
