"""One sentence that is shown on the next page, after a form has been sent."""

import json
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from console import cookies
from console.desk import Desk
from storage.keys.keyring import SealError

_LIFE = timedelta(minutes=1)
_SEAL = "console sentence"


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    #: Done as asked, or refused.
    good: bool = True


def say(response: Response, said: Said, desk: Desk) -> None:
    words = json.dumps([said.text, said.good])
    sealed = desk.database.keys.seal(words, _SEAL).hex()
    cookies.keep(response, cookies.SAID, sealed, desk.settings, _LIFE)


def just_said(request: Request, desk: Desk) -> Said | None:
    sealed = request.cookies.get(cookies.cookie_name(cookies.SAID, desk.settings))
    try:
        return Said(*json.loads(desk.database.keys.open(bytes.fromhex(sealed or ""), _SEAL)))
    except (SealError, ValueError):
        return None
