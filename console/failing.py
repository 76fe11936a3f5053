"""What somebody sees when a page failed on our side: a way on, and what they typed."""

from http import HTTPStatus

import structlog
from starlette.responses import Response

from console.forms.giving_back import given_back
from console.visit import Visit
from storage.away import is_away

log = structlog.get_logger()


async def sorry(visit: Visit, route: str, error: Exception) -> Response:
    """Whether anything was done nobody knows, so nothing is sent again without another look."""
    log.error("a page failed", action="console.failed", page=route, error=type(error).__name__)
    away = is_away(error)
    status = HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.INTERNAL_SERVER_ERROR
    if visit.request.method == "POST":
        words = await given_back(visit, "failed.html", status)
        if words is not None:
            return words
    return visit.show_anybody("failed.html", status=status)
