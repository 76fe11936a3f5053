"""Cookies. Lax and not Strict: an alert's link must open the case it names, and no link of another
site changes anything: what counts is posted, or fetched by a page of ours.
"""

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from console.settings import ConsoleSettings

SESSION: Final = "wayhome"
SAID: Final = "wayhome-said"


def cookie_name(name: str, settings: ConsoleSettings) -> str:
    """With https, browsers hold a cookie of this prefix to this very host."""
    return f"__Host-{name}" if settings.secure else name


def keep(
    response: Response, name: str, value: str, settings: ConsoleSettings, life: timedelta
) -> None:
    response.set_cookie(
        cookie_name(name, settings),
        value,
        max_age=int(life.total_seconds()),
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def drop(response: Response, name: str, settings: ConsoleSettings) -> None:
    response.delete_cookie(
        cookie_name(name, settings), secure=settings.secure, httponly=True, samesite="lax"
    )
