"""What passkeys need from pages: JSON there and back, for the few lines of script in a page."""

from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from console.visit import Visit
from domain.errors import Refused
from domain.staff.challenges import Offer
from domain.staff.passkeys import Place


def offered(offer: Offer) -> JSONResponse:
    return JSONResponse({"options": offer.options, "sealed": offer.sealed})


async def answer_of(request: Request) -> tuple[dict[str, Any], str]:
    """What the browser's passkey answered, and what we sealed. Raises 400 for anything else."""
    if request.headers.get("content-type") != "application/json":
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    try:
        body = await request.json()
        answer, sealed = body["answer"], body["sealed"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    if not isinstance(answer, dict) or not isinstance(sealed, str):
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return answer, sealed


def refused(visit: Visit, error: Refused) -> JSONResponse:
    return JSONResponse({"refused": visit.reason(error)}, HTTPStatus.CONFLICT)


def place_of(visit: Visit) -> Place:
    """Raises 404 where browsers offer no passkeys."""
    place = visit.desk.settings.passkey_place
    if place is None:
        raise visit.not_there()
    return place
