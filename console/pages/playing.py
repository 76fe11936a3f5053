"""Opening what a person sent, to the team or in confidence: whoever does has heard or seen it."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from console.files.recordings import ask_first, ask_the_person, handed_out, has_asked
from console.forms.origin import is_fetched_from_here
from console.settings import NotToBeHad
from console.visit import Visit
from domain.casework.story import Said
from domain.marks import N_
from domain.safeguarding.story import Told


def can_be_opened(said: Said | Told) -> bool:
    """Or it can at least be said that somebody looked at it."""
    return said.file_id is not None or said.unheard


async def opened(
    visit: Visit, page: str, said: Said | Told, mark_heard: Callable[[], Awaitable[None]]
) -> Response:
    """A recording or picture, straight from Telegram; nothing of it is stored here.

    Whoever opens it is taken to have heard or seen it. What can't be shown they say that they saw,
    and of what Telegram does not hand over, that they asked what it was. A player fetches and sends
    no form, so a link from elsewhere, which would have them hear what they never heard, leads to
    the `page` on which it stands instead.
    """
    if visit.request.method == "HEAD":
        # Nobody hears or sees anything by that.
        return Response()
    if not is_fetched_from_here(visit.request, visit.desk.settings):
        return visit.go(page)
    shown = None
    if said.file_id:
        try:
            data = await visit.desk.settings.fetch_file(said.file_id)
        except NotToBeHad:
            if not has_asked(visit):
                return ask_the_person(visit)
        else:
            shown = await handed_out(visit, data, said.kind)
            if shown is None:
                return ask_first(visit)
    await mark_heard()
    if shown is not None:
        return shown
    return visit.go(page, "" if said.file_id else N_("Noted that you looked at it."))
