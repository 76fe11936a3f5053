"""What was typed and could not be taken goes back to the browser that sent it, and nowhere else."""

from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from console.once_more import page_of
from console.refilling import CAME_FROM, PROOF
from console.visit import Visit

#: What a page shows to nobody, whoever typed it.
SECRETS: Final = frozenset({"password", "old", "new", "address", "one_time_code"})
#: What is written, be it a single word, and never chosen.
WRITTEN: Final = frozenset(
    {"words", "note", "question", "reason", "decision", "need", "hears", "ignores", "task"}
)
_TYPED: Final = "application/x-www-form-urlencoded"


async def given_back(visit: Visit, template: str, status: HTTPStatus) -> Response | None:
    """A page that holds it for as long as it takes; from there it goes on to the page that it was
    typed in, to be looked at and sent again. None where nobody typed words.
    """
    if not visit.request.headers.get("content-type", "").startswith(_TYPED):
        return None
    given = await visit.request.form()
    fields = [
        (name, value)
        for name, value in given.multi_items()
        if isinstance(value, str) and name not in (PROOF, CAME_FROM)
    ]
    words = [each for each in fields if _are_words(*each)]
    if not words or SECRETS.intersection(given):
        return None
    return visit.show_anybody(
        template,
        status=status,
        words=words,
        others=[each for each in fields if each not in words],
        came_from=page_of(visit.request, given),
    )


def _are_words(name: str, value: str) -> bool:
    """What was chosen, or stands hidden in a form, has no space in it."""
    return len(value.split()) > (0 if name in WRITTEN else 1)
