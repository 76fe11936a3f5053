"""What was typed and could not be taken goes back to the browser that sent it, and nowhere else."""

from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from console.forms.once_more import page_of
from console.forms.refilling import CAME_FROM, PROOF
from console.forms.typed import words_in
from console.visit import Visit

_TYPED: Final = "application/x-www-form-urlencoded"


def is_typed(request: Request) -> bool:
    """And brings no file along."""
    return request.headers.get("content-type", "").startswith(_TYPED)


async def given_back(visit: Visit, template: str, status: HTTPStatus) -> Response | None:
    """A page that holds it for as long as it takes; from there it goes on to the page that it was
    typed in, to be looked at and sent again. None where nobody typed words.
    """
    if not is_typed(visit.request):
        return None
    given = await visit.request.form()
    words = [each for each in words_in(given) if each[0] != CAME_FROM]
    if not words:
        return None
    others = [
        (name, value)
        for name, value in given.multi_items()
        if isinstance(value, str) and name not in (PROOF, CAME_FROM)
    ]
    return visit.show_anybody(
        template,
        status=status,
        words=words,
        others=[each for each in others if each not in words],
        came_from=page_of(visit.request, given),
    )
