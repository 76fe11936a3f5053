"""What was typed while a session ended goes back to the browser that sent it, and nowhere else."""

from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from console.once_more import page_of
from console.refilling import CAME_FROM, PROOF
from console.visit import Visit

#: What a page shows to nobody, whoever typed it.
SECRETS: Final = frozenset({"password", "old", "new", "address", "one_time_code"})
_TYPED: Final = "application/x-www-form-urlencoded"


async def given_back(visit: Visit) -> Response | None:
    """A page that holds it until they have signed in beside it; from there it goes on to the page
    that it was typed in, to be looked at and sent again. None where nobody typed words.
    """
    if not visit.request.headers.get("content-type", "").startswith(_TYPED):
        return None
    given = await visit.request.form()
    fields = [
        (name, value)
        for name, value in given.multi_items()
        if isinstance(value, str) and name not in (PROOF, CAME_FROM)
    ]
    words = [each for each in fields if _are_words(each[1])]
    if not words or SECRETS.intersection(given):
        return None
    return visit.show_anybody(
        "signed-out.html",
        status=HTTPStatus.UNAUTHORIZED,
        words=words,
        others=[each for each in fields if each not in words],
        came_from=page_of(visit.request, given),
    )


def _are_words(value: str) -> bool:
    """What was chosen, or stands hidden in a form, has no space in it."""
    return len(value.split()) > 1
